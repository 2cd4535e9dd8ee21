import { rename, rm } from 'node:fs/promises';
import { toWriteError } from '../base/files.ts';
import { openAnew } from '../base/regular-file.ts';
import type { GoldSet, Question } from '../plan/gold-set.ts';
import { phrasingText, type Plan } from '../plan/plan.ts';
import type { CallLine, ScoreLine } from '../scoring/record.ts';
import { questionAnchorDistances, textsOfQuestionAnchor } from '../scoring/question-anchor.ts';
import { scoreQuestion, textsToEmbed, type QuestionCalls } from '../scoring/score-question.ts';
import type { ScoringOptions } from '../scoring/scoring-options.ts';
import {
  createSummary,
  type Prices,
  type RunSummary,
  type SummaryBuilder,
} from '../scoring/summary/summary.ts';
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
  /** Called with the share of the work that is done, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

export interface ScoredRun extends RunSummary {
  /** When the last answer came, RFC 3339; absent without calls. */
  readonly lastAnswerAt: string | undefined;
}

/** Questions whose texts are embedded together: enough for good batches, few enough for memory not to grow with the run… */
const questionsAtOnce = 64;
/** …nor with what an arm retrieves: no question joins those that hold so many snippets. */
const snippetsAtOnce = 10_000;

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
      await writeScores(folder.scores, scoredQuestions(request, calls, summary));
    }
    return { ...summary.end(plan.cells), lastAnswerAt: calls.lastAnswerAt };
  } finally {
    calls.close();
  }
}

async function* scoredQuestions(
  request: ScoreRequest,
  stored: StoredCalls,
  summary: SummaryBuilder,
): AsyncGenerator<readonly ScoreLine[]> {
  const { questions } = request.plan;
  let scored = 0;
  for (const batch of batchesOf(questions, stored)) {
    const before = scored;
    const done = (share: number): void =>
      request.onProgress?.((before + share * batch.length) / questions.length);
    const { vectorOf, shortened } = await vectorsOf(batch, { request, stored }, done);
    for (const { question, calls } of batch) {
      const input = inputOf(question, calls, { request, stored });
      const { scoring: options, documents } = request;
      const scores = scoreQuestion({ ...input, vectorOf, shortened, options, documents });
      summary.add(question, calls, scores);
      summary.addQuestionAnchor(questionAnchorDistances(input, vectorOf));
      yield scores;
    }
    scored += batch.length;
    done(1);
  }
}

function* batchesOf(questions: readonly Question[], stored: StoredCalls): Generator<Batch> {
  let batch: AskedQuestion[] = [];
  let snippets = 0;
  for (const [index, question] of questions.entries()) {
    const calls = stored.ofQuestion(index);
    batch.push({ question, calls });
    for (const { retrieved = [] } of calls) snippets += retrieved.length;
    if (batch.length < questionsAtOnce && snippets < snippetsAtOnce) continue;
    yield batch;
    [batch, snippets] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

interface Source {
  readonly request: ScoreRequest;
  readonly stored: StoredCalls;
}

function inputOf(question: Question, calls: readonly CallLine[], { request, stored }: Source): QuestionCalls {
  const phrasings = Array.from({ length: request.plan.phrasings }, (_, phrasing) =>
    phrasingText(question, phrasing),
  );
  return {
    question,
    phrasings,
    calls,
    answers: stored.answers,
    isRepeated: stored.isRepeated,
    textOf: stored.textOf,
  };
}

interface AskedQuestion {
  readonly question: Question;
  readonly calls: readonly CallLine[];
}

type Batch = readonly AskedQuestion[];

interface Embedded {
  readonly vectorOf: (text: string) => Float32Array;
  /** Texts of which only the beginning is embedded. */
  readonly shortened: ReadonlySet<string>;
}

async function vectorsOf(batch: Batch, from: Source, onProgress: (share: number) => void): Promise<Embedded> {
  const inputs = batch.map(({ question, calls }) => inputOf(question, calls, from));
  const texts = [
    ...new Set(inputs.flatMap((input) => [...textsToEmbed(input), ...textsOfQuestionAnchor(input)])),
  ];
  const { embedder, signal } = from.request;
  const options = { signal, onProgress: (done: number, total: number) => onProgress(done / total) };
  const vectors = texts.length === 0 ? [] : await (embedder?.embed(texts, options) ?? []);
  const byText = new Map(texts.map((text, index) => [text, vectors[index]]));
  return {
    shortened: (await embedder?.shortened(texts, { signal })) ?? new Set(),
    vectorOf: (text) => {
      const vector = byText.get(text);
      if (vector === undefined) throw new RangeError('a text was scored that was not embedded');
      return vector;
    },
  };
}

async function writeScores(file: string, batches: AsyncIterable<readonly ScoreLine[]>): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await openAnew(temporary).catch((error: unknown) => {
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
