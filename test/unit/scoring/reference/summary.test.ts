import { describe, expect, test } from 'vitest';
import type { GoldSet, Question } from '../../../../src/plan/gold-set.ts';
import type { CallLine, ScoreLine } from '../../../../src/scoring/record.ts';
import { returnsAnswers, scoreQuestion, textsToEmbed } from '../../../../src/scoring/score-question.ts';
import type { QuestionToScore } from '../../../../src/scoring/score-question.ts';
import { defaultScoring } from '../../../../src/scoring/scoring-options.ts';
import { createSummary } from '../../../../src/scoring/summary/summary.ts';
import type { RunSummary } from '../../../../src/scoring/summary/summary.ts';
import { expectClose, referenceFile, referenceText } from './fixtures.ts';

interface Source {
  readonly answers: boolean;
  readonly cites: boolean;
  readonly phrasings: number;
}

// The shapes of the files of a reference run.
const jsonOf = <Shape>(path: string): Shape => referenceFile(path) as Shape;
const linesOf = <Shape>(path: string): Shape[] =>
  referenceText(path)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Shape);

function readRun(name: string) {
  const folder = `summary/${name}`;
  const texts = new Map(
    linesOf<{ sha256: string; text: string }>(`${folder}/snippets.jsonl`).map(({ sha256, text }) => [
      sha256,
      text,
    ]),
  );
  const vectors = new Map(Object.entries(jsonOf<Record<string, number[]>>(`${folder}/vectors.json`)));
  return {
    source: jsonOf<Source>(`${folder}/source.json`),
    questions: jsonOf<GoldSet['questions']>(`${folder}/gold.json`),
    documents: new Map(Object.entries(jsonOf<Record<string, string>>(`${folder}/documents.json`))),
    calls: linesOf<CallLine>(`${folder}/calls.jsonl`),
    scores: linesOf<ScoreLine>(`${folder}/scores.jsonl`),
    summary: referenceFile(`${folder}/summary.json`),
    textOf: (sha256: string) => texts.get(sha256) ?? '',
    vectorOf: (text: string) => Float32Array.from(vectors.get(text) ?? []),
  };
}

describe.each(['answers', 'retrieval'])('the reference run "%s"', (name) => {
  const run = readRun(name);

  function inputOf(question: Question, calls: readonly CallLine[]): QuestionToScore {
    return {
      question,
      phrasings: [question.question, ...question.paraphrases],
      calls: calls.filter((call) => call.question === question.id),
      answers: run.source.answers,
      textOf: run.textOf,
      vectorOf: run.vectorOf,
      options: { ...defaultScoring, cites: run.source.cites },
      documents: run.documents,
    };
  }

  function summarise(calls: readonly CallLine[]): RunSummary {
    const builder = createSummary({
      view: 'best',
      toolLoop: defaultScoring.toolLoop,
      phrasings: run.source.phrasings,
      questions: run.questions,
    });
    for (const question of run.questions) {
      const input = inputOf(question, calls);
      builder.add(question, input.calls, scoreQuestion(input));
    }
    return builder.end(run.calls.length);
  }

  test('is known to return answers, or not, by its calls', () => {
    expect(returnsAnswers(run.calls)).toBe(run.source.answers);
  });

  test('has the reference scores', () => {
    const scores = run.questions.flatMap((question) => scoreQuestion(inputOf(question, run.calls)));
    expectClose(
      scores.map(({ findings: _, ...score }) => score),
      run.scores.map(({ findings: _, ...score }) => score),
    );
  });

  test('asks for the vectors of exactly the texts that it names', () => {
    for (const question of run.questions) {
      const asked = new Set<string>();
      const input = inputOf(question, run.calls);
      scoreQuestion({ ...input, vectorOf: (text) => (asked.add(text), run.vectorOf(text)) });
      expect([...asked].sort()).toEqual(textsToEmbed(input).sort());
    }
  });

  test('has the reference summary', () => {
    expectClose(summarise(run.calls).summary, run.summary);
  });

  test('has the same summary, byte for byte, in any order of arrival', () => {
    expect(JSON.stringify(summarise([...run.calls].reverse()))).toBe(JSON.stringify(summarise(run.calls)));
  });
});
