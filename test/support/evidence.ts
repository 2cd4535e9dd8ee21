import { sha256 } from '../../src/base/canonical.ts';
import { artifactOf } from '../../src/scoring/artifact.ts';
import type { LatencyClock, Versions } from '../../src/scoring/answer.ts';
import { createRandom, type Random } from '../../src/plan/random.ts';
import type { RunRecord } from '../../src/scoring/record.ts';
import { stateCodes, type Evidence, type Shape } from '../../src/statistics/evidence/evidence.ts';

/** A measurement per cell; `null` and `undefined` are not measured. */
export type Cells = readonly (number | null | undefined)[];

/** What a test says about a run; everything else is healthy: all calls answered, convergent, ΔS 0.2, coverage 0.9, 0.5 s. */
export interface EvidenceOptions {
  readonly questions?: number;
  readonly phrasings?: number;
  readonly seeds?: readonly number[];
  readonly arm?: string;
  readonly role?: RunRecord['role'];
  readonly id?: string;
  readonly session?: string;
  readonly finishedAt?: string;
  /** The version fields that the arm reports. */
  readonly versions?: Versions;
  /** Anything else of the record. */
  readonly record?: Partial<RunRecord>;
  readonly answerable?: Cells;
  /** 1 judged, 2 skipped, 0 errored, per question. */
  readonly lambda?: Cells;
  readonly faulted?: Cells;
  readonly serverError?: Cells;
  readonly toolLoop?: Cells;
  readonly questionRetrieved?: Cells;
  readonly retrievedAnchor?: Cells;
  readonly answerAnchor?: Cells;
  readonly coverage?: Cells;
  readonly states?: Cells;
  readonly latency?: Cells | Partial<Record<LatencyClock, Cells>>;
  readonly sideEffects?: Cells;
  readonly dedupeHits?: Cells;
  readonly inputTokens?: Cells;
  readonly outputTokens?: Cells;
  readonly answersSha256?: string;
  readonly callsSha256?: string;
}

/** When the runs of the factory ended, unless told otherwise. */
export const finishedAt = '2026-03-01T12:00:00.000Z';
export const aMinuteLater = Date.parse(finishedAt) + 60_000;

export const goldSha256 = sha256('gold');
const configSha256 = sha256('config');
const modelSha256 = sha256('model');

/** All five version fields, different for every name. */
export function versionsOf(name: string): Required<Versions> {
  return {
    INDEX_HASH: `${name}-index`,
    EMBED_SCHEMA: 'v1',
    RERANK_CONF: 'none',
    PROMPT_VER: '3',
    MODEL_VER: 'small',
  };
}

/** The same value for every cell or question. */
export function repeated(length: number, value: number): number[] {
  return Array.from({ length }, () => value);
}

/** Question ids in code unit order. */
export function questionIds(length: number): readonly string[] {
  return Array.from({ length }, (_, index) => `Q_${String(index).padStart(4, '0')}`);
}

/** Evidence as it would be read from a complete run. Columns are one entry a cell in plan order (question, phrasing, seed). */
export function evidenceOf(options: EvidenceOptions = {}): Evidence {
  const shape = shapeOf(options);
  const record = recordOf(options, shape);
  const numbers = (cells: Cells | undefined, otherwise: number): Float64Array =>
    Float64Array.from({ length: shape.cells }, (_, cell) =>
      cells === undefined ? otherwise : (cells[cell] ?? Number.NaN),
    );
  const flags = (cells: Cells | undefined, length: number, otherwise = 0): Uint8Array =>
    Uint8Array.from({ length }, (_, index) => cells?.[index] ?? otherwise);
  const latency = isOneClock(options.latency) ? { total: options.latency } : (options.latency ?? {});
  const count = shape.questions.length;
  return {
    record,
    shape,
    answerable: flags(options.answerable, count, 1),
    lambda: flags(options.lambda, count, 1),
    faulted: flags(options.faulted, shape.cells),
    serverError: flags(options.serverError, shape.cells),
    toolLoop: flags(options.toolLoop, shape.cells),
    questionRetrieved: numbers(options.questionRetrieved, 0.2),
    retrievedAnchor: numbers(options.retrievedAnchor, 0.2),
    answerAnchor: numbers(options.answerAnchor, 0.2),
    coverage: numbers(options.coverage, 0.9),
    states: Int8Array.from({ length: shape.cells }, (_, cell) =>
      options.states === undefined ? 0 : (options.states[cell] ?? -1),
    ),
    latency: {
      total: numbers(latency.total, 0.5),
      retrieve: numbers(latency.retrieve, Number.NaN),
      rerank: numbers(latency.rerank, Number.NaN),
      reason: numbers(latency.reason, Number.NaN),
    },
    sideEffects: numbers(options.sideEffects, Number.NaN),
    dedupeHits: numbers(options.dedupeHits, Number.NaN),
    inputTokens: numbers(options.inputTokens, Number.NaN),
    outputTokens: numbers(options.outputTokens, Number.NaN),
    answersSha256: options.answersSha256 ?? sha256(`answers ${record.id}`),
    callsSha256: options.callsSha256 ?? sha256(`calls ${record.id}`),
  };
}

function isOneClock(latency: EvidenceOptions['latency']): latency is Cells {
  return Array.isArray(latency);
}

function shapeOf({ questions = 40, phrasings = 4, seeds = [1, 2] }: EvidenceOptions): Shape {
  const perQuestion = phrasings * seeds.length;
  return { questions: questionIds(questions), phrasings, seeds, perQuestion, cells: questions * perQuestion };
}

function recordOf(options: EvidenceOptions, shape: Shape): RunRecord {
  const {
    arm = 'green',
    role = 'candidate',
    session = 'session-1',
    finishedAt: finished = finishedAt,
  } = options;
  const { cells, phrasings, seeds } = shape;
  const questions = shape.questions.length;
  return {
    schema: 'flipgate.run/1',
    id: options.id ?? `run-${arm}`,
    session,
    arm,
    role,
    status: 'complete',
    started_at: finished,
    finished_at: finished,
    provenance: {
      version: '0.1.0',
      node: 'v20.19.0',
      platform: 'linux-x64',
      arguments: [],
      config_sha256: configSha256,
    },
    gold: { sha256: goldSha256, path: 'gold', questions },
    plan: { questions, phrasings, seeds, cells, order_seed: 1, concurrency: 4 },
    embedder: { id: `model@sha256:${modelSha256}`, dimensions: 384, pooling: 'mean', window: 256 },
    view: 'best',
    artifact: artifactOf(options.versions ?? versionsOf(arm)),
    findings: [],
    files: {},
    summary: {
      calls: {
        planned: cells,
        ok: cells,
        network: 0,
        timeout: 0,
        status: 0,
        shape: 0,
        server_errors: 0,
        retried: 0,
        paced: 0,
      },
      latency: {},
      tool_loops: 0,
      side_effects: 0,
      dedupe_hits: 0,
    },
    ...options.record,
  };
}

export interface PairOptions {
  readonly questions?: number;
  readonly phrasings?: number;
  readonly seeds?: readonly number[];
  /** Of the noise. */
  readonly seed?: number;
  readonly finishedAt?: string;
  /** What of the candidate is otherwise than healthy. */
  readonly candidate?: EvidenceOptions;
  readonly baseline?: EvidenceOptions;
}

/** Two healthy runs of different artifacts, asked in one session: a few split calls, and noise that is the same for the same seed. */
export function healthyPair(options: PairOptions = {}): {
  readonly candidate: Evidence;
  readonly baseline: Evidence;
} {
  const { questions = 40, phrasings = 4, seeds = [1, 2], seed = 1, candidate = {}, baseline = {} } = options;
  const random = createRandom(seed);
  const cells = questions * phrasings * seeds.length;
  const common = { questions, phrasings, seeds, finishedAt: options.finishedAt ?? finishedAt };
  return {
    baseline: evidenceOf({
      ...common,
      arm: 'blue',
      role: 'baseline',
      ...healthyColumns(cells, random),
      ...baseline,
    }),
    candidate: evidenceOf({
      ...common,
      arm: 'green',
      role: 'candidate',
      ...healthyColumns(cells, random),
      ...candidate,
    }),
  };
}

function healthyColumns(cells: number, random: Random): EvidenceOptions {
  const noisy = (low: number, high: number): number[] =>
    Array.from({ length: cells }, () => low + (high - low) * random());
  return {
    questionRetrieved: noisy(0.15, 0.35),
    retrievedAnchor: noisy(0.1, 0.3),
    answerAnchor: noisy(0.1, 0.3),
    coverage: noisy(0.8, 1),
    latency: noisy(0.4, 0.6),
    states: Array.from({ length: cells }, () => (random() < 0.01 ? stateCodes.split : stateCodes.convergent)),
  };
}
