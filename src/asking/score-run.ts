import { open, rename, rm } from 'node:fs/promises';
import { toWriteError } from '../base/files.ts';
import type { GoldSet, Question } from '../plan/gold-set.ts';
import { phrasingText, type Plan } from '../plan/plan.ts';
import type { CallLine, ScoreLine } from '../scoring/record.ts';
import { scoreQuestion, textsToEmbed, type QuestionCalls } from '../scoring/score-question.ts';
import type { ScoringOptions } from '../scoring/scoring-options.ts';
import { createSummary, type Prices, type RunSummary } from '../scoring/summary/summary.ts';
import type { Embedder } from '../embed/embedder.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { openStoredCalls, type StoredCalls } from '../store/stored-calls.ts';

export interface ScoreRequest {
  readonly folder: RunFolder;
  readonly arm: string;
  readonly plan: Plan;
  readonly documents: GoldSet['documents'];
  readonly scoring: ScoringOptions;
  readonly prices?: Prices | undefined;
  /** Absent: calls are counted and latencies summed up, nothing is scored. */
  readonly embedder?: Embedder | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ScoredRun extends RunSummary {
  /** When the last answer came, RFC 3339; absent without calls. */
  readonly lastAnswerAt: string | undefined;
}

/** Questions whose texts are embedded together: enough for good batches, few enough for memory not to grow with the run. */
const questionsAtOnce = 64;

/** Computes every score from the stored calls, in plan order, and writes `scores.jsonl` whole. The same calls give the same bytes. */
export async function scoreRun(request: ScoreRequest): Promise<ScoredRun> {
  const { folder, plan, arm } = request;
  const calls = openStoredCalls(folder, plan, arm);
  const { questions, phrasings } = plan;
  const summary = createSummary({ ...request.scoring, questions, phrasings, prices: request.prices });
  try {
    if (request.embedder === undefined) {
      await rm(folder.scores, { force: true });
      plan.questions.forEach((question, index) => summary.add(question, calls.ofQuestion(index), undefined));
    } else {
      await writeScores(folder.scores, scoredQuestions(request, calls, summary.add));
    }
    return { ...summary.end(plan.cells), lastAnswerAt: calls.lastAnswerAt };
  } finally {
    calls.close();
  }
}

type Add = (question: Question, calls: readonly CallLine[], scores: readonly ScoreLine[]) => void;

async function* scoredQuestions(
  request: ScoreRequest,
  stored: StoredCalls,
  add: Add,
): AsyncGenerator<readonly ScoreLine[]> {
  const { questions } = request.plan;
  for (let first = 0; first < questions.length; first += questionsAtOnce) {
    const batch = questions
      .slice(first, first + questionsAtOnce)
      .map((question, offset) => ({ question, calls: stored.ofQuestion(first + offset) }));
    const vectorOf = await vectorsOf(batch, { request, stored });
    for (const { question, calls } of batch) {
      const scores = scoreQuestion({
        ...inputOf(question, calls, { request, stored }),
        vectorOf,
        options: request.scoring,
        documents: request.documents,
      });
      add(question, calls, scores);
      yield scores;
    }
    request.onProgress?.(Math.min(first + questionsAtOnce, questions.length), questions.length);
  }
}

interface Source {
  readonly request: ScoreRequest;
  readonly stored: StoredCalls;
}

function inputOf(question: Question, calls: readonly CallLine[], { request, stored }: Source): QuestionCalls {
  const phrasings = Array.from({ length: request.plan.phrasings }, (_, phrasing) =>
    phrasingText(question, phrasing),
  );
  return { question, phrasings, calls, answers: stored.answers, textOf: stored.textOf };
}

type Batch = ReadonlyArray<{ readonly question: Question; readonly calls: readonly CallLine[] }>;

async function vectorsOf(batch: Batch, from: Source): Promise<(text: string) => Float32Array> {
  const texts = [
    ...new Set(batch.flatMap(({ question, calls }) => textsToEmbed(inputOf(question, calls, from)))),
  ];
  const { embedder, signal } = from.request;
  const vectors = texts.length === 0 ? [] : await (embedder?.embed(texts, { signal }) ?? []);
  const byText = new Map(texts.map((text, index) => [text, vectors[index]]));
  return (text) => {
    const vector = byText.get(text);
    if (vector === undefined) throw new RangeError('a text was scored that was not embedded');
    return vector;
  };
}

async function writeScores(file: string, batches: AsyncIterable<readonly ScoreLine[]>): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w').catch((error: unknown) => {
    throw toWriteError(temporary, error);
  });
  try {
    for await (const scores of batches)
      await handle.appendFile(scores.map((score) => `${JSON.stringify(score)}\n`).join(''));
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw toWriteError(file, error);
  }
}
