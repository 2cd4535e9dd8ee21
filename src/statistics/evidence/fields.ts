import type { LatencyClock } from '../../scoring/answer.ts';
import type { Evidence, RetrievalMetric } from './evidence.ts';

export type Unit = 'distance' | 'ratio' | 'seconds' | 'count' | 'tokens' | 'currency';
export type Better = 'lower' | 'higher';

/** One measurement a call can have. */
export interface Field {
  readonly unit: Unit;
  readonly better: Better;
  /** Values of the measurement lie within. */
  readonly range: readonly [smallest: number, largest: number];
  /** Only what happened counts: a call without it adds nothing, however the rest is read. */
  readonly tallied?: boolean;
  readonly column: (evidence: Evidence) => Float64Array;
  /** 1 for a question whose calls should have the measurement. */
  readonly applies: (evidence: Evidence) => Uint8Array;
}

/** How a measurement that is missing is read: as in the summary, or as the worst or the best value it could have had. */
export interface FieldReading {
  readonly missing: 'absent' | 'worst' | 'best';
  /** What a latency that is missing can have been at most. */
  readonly timeoutSeconds: number;
}

export const asMeasured: FieldReading = { missing: 'absent', timeoutSeconds: Number.NaN };

const toAnswerable = ({ answerable }: Evidence): Uint8Array => answerable;
const toAll = ({ answerable }: Evidence): Uint8Array => new Uint8Array(answerable.length).fill(1);

/** Where the arm reports a measurement at all, every question should have it. */
const whereReported =
  (column: Field['column'], among: Field['applies']) =>
  (evidence: Evidence): Uint8Array =>
    column(evidence).some((value) => !Number.isNaN(value))
      ? among(evidence)
      : new Uint8Array(evidence.answerable.length);

/** The largest ΔS that stands for a missing one; real ones rarely come near. */
const distanceRange = [0, 1] as const;

function distance(column: Field['column'], applies: Field['applies']): Field {
  return { unit: 'distance', better: 'lower', range: distanceRange, column, applies };
}

export const questionRetrieved = distance((evidence) => evidence.questionRetrieved, toAnswerable);
export const retrievedAnchor = distance((evidence) => evidence.retrievedAnchor, toAnswerable);
const answerColumn = (evidence: Evidence): Float64Array => evidence.answerAnchor;
export const answerAnchor = distance(answerColumn, whereReported(answerColumn, toAnswerable));

export const coverage: Field = {
  unit: 'ratio',
  better: 'higher',
  range: [0, 1],
  column: (evidence) => evidence.coverage,
  applies: toAnswerable,
};

/** A ranking metric of what was retrieved. */
export function retrieval(metric: RetrievalMetric): Field {
  const column = (evidence: Evidence): Float64Array => evidence.retrieval?.[metric] ?? nothing(evidence);
  return {
    unit: 'ratio',
    better: 'higher',
    range: [0, 1],
    column,
    applies: whereReported(column, toAnswerable),
  };
}

export function latency(clock: LatencyClock): Field {
  const column = (evidence: Evidence): Float64Array => evidence.latency[clock];
  const applies = clock === 'total' ? toAll : whereReported(column, toAll);
  return { unit: 'seconds', better: 'lower', range: [0, Number.POSITIVE_INFINITY], column, applies };
}

/** Nothing measured anywhere. */
const nothing = ({ shape }: Evidence): Float64Array => new Float64Array(shape.cells).fill(Number.NaN);

export const cost: Field = amount((evidence) => evidence.cost ?? nothing(evidence), 'currency');

const flags = (bytes: Uint8Array): Float64Array => Float64Array.from(bytes);

export const faulted: Field = share((evidence) => flags(evidence.faulted));
export const serverError: Field = share((evidence) => flags(evidence.serverError));

function share(column: Field['column']): Field {
  return { unit: 'ratio', better: 'lower', range: [0, 1], column, applies: toAll };
}

export function amount(column: Field['column'], unit: Unit, better: Better = 'lower'): Field {
  return { unit, better, range: [0, Number.POSITIVE_INFINITY], tallied: true, column, applies: toAll };
}

/** A field's column with what is missing read as wished. */
export function columnOf(
  field: Field,
  evidence: Evidence,
  { missing, timeoutSeconds }: FieldReading,
): Float64Array {
  const column = field.column(evidence);
  if (missing === 'absent' || field.tallied === true) return column;
  const applies = field.applies(evidence);
  const { perQuestion } = evidence.shape;
  const isGap = (value: number, cell: number): boolean =>
    Number.isNaN(value) && applies[Math.floor(cell / perQuestion)] === 1;
  // The same array where nothing is missing: its order may be known already.
  if (!column.some(isGap)) return column;
  const [smallest, largest] = field.range;
  const bounded = Number.isFinite(largest) ? largest : largestOf(column, timeoutSeconds);
  const stands = (missing === 'worst') === (field.better === 'lower') ? bounded : smallest;
  return column.map((value, cell) => (isGap(value, cell) ? stands : value));
}

/** A call that is missing took at least as long as the slowest that is not. */
function largestOf(column: Float64Array, least: number): number {
  return column.reduce((most, value) => (value > most ? value : most), least);
}
