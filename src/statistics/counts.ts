import type { Shape } from './evidence/evidence.ts';

/** What a statistic rests on. */
export interface Counts {
  /** Questions with at least one value. */
  readonly n: number;
  /** Calls with a value. */
  readonly n_calls: number;
  /** Questions it does not apply to. */
  readonly skipped: number;
  /** Questions it applies to that have no value. */
  readonly errored: number;
}

/** Counts the values of a column with one entry a cell. `applies` is 1 for a question that should have values. */
export function countsOfCells(column: Float64Array, shape: Shape, applies: Uint8Array): Counts {
  let [n, calls, skipped, errored] = [0, 0, 0, 0];
  for (let question = 0; question < shape.questions.length; question += 1) {
    let found = 0;
    for (let cell = question * shape.perQuestion; cell < (question + 1) * shape.perQuestion; cell += 1)
      if (!Number.isNaN(column[cell] ?? Number.NaN)) found += 1;
    calls += found;
    if (found > 0) n += 1;
    else if (applies[question] === 1) errored += 1;
    else skipped += 1;
  }
  return { n, n_calls: calls, skipped, errored };
}

/** Counts the values of a column with one entry a question, whose cells all count as its calls. */
export function countsOfQuestions(column: Float64Array, shape: Shape, applies: Uint8Array): Counts {
  const n = column.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  const errored = column.reduce(
    (count, value, question) => (Number.isNaN(value) && applies[question] === 1 ? count + 1 : count),
    0,
  );
  return { n, n_calls: n * shape.perQuestion, skipped: shape.questions.length - n - errored, errored };
}
