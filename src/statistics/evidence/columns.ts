import type { Summary } from '../../scoring/record.ts';
import type { Prices } from '../../scoring/summary/summary.ts';
import type { Evidence, Shape } from './evidence.ts';

/** Evidence that is being filled. */
export type Columns = { -readonly [Key in keyof Omit<Evidence, 'record' | 'shape'>]: Evidence[Key] };

/** Columns in which nothing was measured. */
export function emptyColumns(shape: Shape): Columns {
  const numbers = (): Float64Array => new Float64Array(shape.cells).fill(Number.NaN);
  return {
    answerable: new Uint8Array(shape.questions.length),
    faulted: new Uint8Array(shape.cells),
    serverError: new Uint8Array(shape.cells),
    toolLoop: new Uint8Array(shape.cells),
    questionRetrieved: numbers(),
    retrievedAnchor: numbers(),
    answerAnchor: numbers(),
    coverage: numbers(),
    states: new Int8Array(shape.cells).fill(-1),
    lambda: new Uint8Array(shape.questions.length),
    latency: { total: numbers(), retrieve: numbers(), rerank: numbers(), reason: numbers() },
    sideEffects: numbers(),
    dedupeHits: numbers(),
    inputTokens: numbers(),
    outputTokens: numbers(),
    answersSha256: '',
    callsSha256: '',
  };
}

/** A measurement, or NaN where there is none; a negative one measures nothing. */
export function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : Number.NaN;
}

/** What each call cost. `undefined` without prices, and where they are not those that the summary was made with: these would be other sums. */
export function costColumn(
  { inputTokens, outputTokens }: Columns,
  { cost }: Pick<Summary, 'cost'>,
  prices: Prices | undefined,
): Float64Array | undefined {
  if (cost === undefined || prices === undefined) return undefined;
  const column = inputTokens.map((input, cell) => {
    const output = outputTokens[cell] ?? Number.NaN;
    if (Number.isNaN(input) && Number.isNaN(output)) return Number.NaN;
    return ((input || 0) * prices.inputPerMillion + (output || 0) * prices.outputPerMillion) / 1e6;
  });
  const total = column.reduce((sum, value) => sum + (value || 0), 0);
  return Math.abs(total - cost.total) <= 1e-9 * Math.max(1, total) ? column : undefined;
}
