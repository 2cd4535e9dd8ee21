import type { Evidence } from './evidence/evidence.ts';
import { stateCodes } from './evidence/evidence.ts';
import { flipColumn } from './lambda.ts';
import type { Pair } from './pair.ts';

/**
 * One measurement of a question on both arms, as means over the cells that have it on both: a call that is missing on one arm makes neither
 * better. Where no cell has it on both, each arm's own mean, and no difference.
 */
export interface QuestionSides {
  readonly baseline?: number;
  readonly candidate?: number;
  /** Candidate − baseline. */
  readonly difference?: number;
}

/** How one question fared on both arms. */
export interface QuestionDifference {
  readonly question: string;
  readonly answerable: boolean;
  readonly question_retrieved: QuestionSides;
  readonly coverage: QuestionSides;
  /** Share of its calls that are convergent. */
  readonly convergent: QuestionSides;
  readonly flip: QuestionSides;
  /** Seconds. */
  readonly latency: QuestionSides;
  /** Share of its calls that are faults. */
  readonly faulted: QuestionSides;
  /** What the order goes by: losses of coverage and of convergent calls, gains of ΔS and of faults, added up. */
  readonly worsening: number;
  /** The cell with the largest loss. */
  readonly phrasing: number;
  readonly seed: number;
}

/** Every question's differences, worst for the candidate first, ties by id. */
export function questionDifferences(pair: Pair): readonly QuestionDifference[] {
  const both = { baseline: columnsOf(pair.baseline), candidate: columnsOf(pair.candidate) };
  return pair.candidate.shape.questions
    .map((id, question) => differenceOf(pair, both, { id, question }))
    .sort((a, b) => b.worsening - a.worsening || (a.question < b.question ? -1 : 1));
}

interface Columns {
  /** One entry a cell. */
  readonly cells: Readonly<
    Record<'question_retrieved' | 'coverage' | 'convergent' | 'latency' | 'faulted', ArrayLike<number>>
  >;
  /** One entry a question. */
  readonly flip: Float64Array;
}

function columnsOf(evidence: Evidence): Columns {
  const cells = {
    question_retrieved: evidence.questionRetrieved,
    coverage: evidence.coverage,
    convergent: convergentColumn(evidence),
    latency: evidence.latency.total,
    faulted: evidence.faulted,
  };
  return { cells, flip: flipColumn(evidence, 'all', 'absent') };
}

function differenceOf(
  { baseline, candidate }: Pair,
  columns: Readonly<Record<keyof Pair, Columns>>,
  { id, question }: { readonly id: string; readonly question: number },
): QuestionDifference {
  const { shape } = candidate;
  const cells = Array.from(
    { length: shape.perQuestion },
    (_, offset) => question * shape.perQuestion + offset,
  );
  const sides = (name: keyof Columns['cells']): QuestionSides =>
    pairedMeans(columns.baseline.cells[name], columns.candidate.cells[name], cells);
  const parts = {
    question_retrieved: sides('question_retrieved'),
    coverage: sides('coverage'),
    convergent: sides('convergent'),
    flip: sidesOf(
      columns.baseline.flip[question] ?? Number.NaN,
      columns.candidate.flip[question] ?? Number.NaN,
    ),
    latency: sides('latency'),
    faulted: sides('faulted'),
  };
  const worsening =
    (parts.question_retrieved.difference ?? 0) -
    (parts.coverage.difference ?? 0) -
    (parts.convergent.difference ?? 0) +
    (parts.faulted.difference ?? 0);
  return {
    question: id,
    answerable: candidate.answerable[question] === 1,
    ...parts,
    worsening,
    ...worstCell(candidate, baseline, question),
  };
}

function convergentColumn({ states }: Evidence): Float64Array {
  return Float64Array.from(states, (state) =>
    state === -1 ? Number.NaN : Number(state === stateCodes.convergent),
  );
}

function pairedMeans(
  baseline: ArrayLike<number>,
  candidate: ArrayLike<number>,
  cells: readonly number[],
): QuestionSides {
  const has = (column: ArrayLike<number>, cell: number): boolean => !Number.isNaN(column[cell] ?? Number.NaN);
  const paired = cells.filter((cell) => has(baseline, cell) && has(candidate, cell));
  if (paired.length > 0) return sidesOf(meanOf(baseline, paired), meanOf(candidate, paired));
  const own = (column: ArrayLike<number>): number =>
    meanOf(
      column,
      cells.filter((cell) => has(column, cell)),
    );
  const { difference: _, ...apart } = sidesOf(own(baseline), own(candidate));
  return apart;
}

/** NaN without cells. */
function meanOf(column: ArrayLike<number>, cells: readonly number[]): number {
  return cells.reduce((sum, cell) => sum + (column[cell] ?? Number.NaN), 0) / cells.length;
}

function sidesOf(baseline: number, candidate: number): QuestionSides {
  return {
    ...(!Number.isNaN(baseline) && { baseline }),
    ...(!Number.isNaN(candidate) && { candidate }),
    ...(!Number.isNaN(candidate - baseline) && { difference: candidate - baseline }),
  };
}

/** Where to look first: the largest loss of coverage, then gain of ΔS; the first cell where nothing was lost. */
function worstCell(
  candidate: Evidence,
  baseline: Evidence,
  question: number,
): Pick<QuestionDifference, 'phrasing' | 'seed'> {
  const { shape } = candidate;
  const first = question * shape.perQuestion;
  const loss = (cell: number): number =>
    (baseline.coverage[cell] || 0) -
    (candidate.coverage[cell] || 0) +
    ((candidate.questionRetrieved[cell] || 0) - (baseline.questionRetrieved[cell] || 0));
  let worst = first;
  for (let cell = first; cell < first + shape.perQuestion; cell += 1)
    if (loss(cell) > loss(worst)) worst = cell;
  const offset = worst - first;
  return {
    phrasing: Math.floor(offset / shape.seeds.length),
    seed: shape.seeds[offset % shape.seeds.length] ?? 0,
  };
}
