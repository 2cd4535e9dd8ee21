import { countsOfQuestions } from './counts.ts';
import { phrasingOfCell, seedOfCell, stateCodes, type Evidence, type Shape } from './evidence/evidence.ts';
import type { Estimator } from './estimator.ts';
import { meanOfQuestions, smallestOf } from './means.ts';
import type { Pair, PairReading } from './pair.ts';
import type { StatisticCounts } from './statistic.ts';

/** Which pairs of a question's calls a flip rate looks at. */
export type FlipKind = 'all' | 'phrasing' | 'seed';

/**
 * What a call that was not judged (a fault, or no state) counts for: `absent` is the definition of λ (a fault is backward, an errored question
 * is left out); `worst` and `best` are the bounds between which the truth lies, for rules in which missing must never help.
 */
export type MissingCalls = 'absent' | 'worst' | 'best';

/** λ was judged. */
const judged = 1;
/** λ does not apply. */
const skipped = 2;

/** Flip rate per question; NaN where a question has no such pair or is left out. */
export function flipColumn(evidence: Evidence, kind: FlipKind, missing: MissingCalls): Float64Array {
  const { shape, lambda } = evidence;
  return Float64Array.from(shape.questions, (_, question) => {
    const leftOut = lambda[question] === skipped || (missing === 'absent' && lambda[question] !== judged);
    return leftOut ? Number.NaN : flipRate(evidence, question, { kind, missing });
  });
}

function flipRate(
  evidence: Evidence,
  question: number,
  reading: { kind: FlipKind; missing: MissingCalls },
): number {
  const { shape, states } = evidence;
  const first = question * shape.perQuestion;
  let [pairs, flipped] = [0, 0];
  for (let a = first; a < first + shape.perQuestion; a += 1) {
    for (let b = a + 1; b < first + shape.perQuestion; b += 1) {
      if (!isPair(shape, [a, b], reading.kind)) continue;
      const isMissing =
        reading.missing === 'absent'
          ? states[a] === -1 || states[b] === -1
          : isUnjudged(evidence, a) || isUnjudged(evidence, b);
      if (isMissing && reading.missing === 'absent') continue;
      pairs += 1;
      if (isMissing ? reading.missing === 'worst' : states[a] !== states[b]) flipped += 1;
    }
  }
  return pairs === 0 ? Number.NaN : flipped / pairs;
}

function isPair(shape: Shape, [a, b]: readonly [number, number], kind: FlipKind): boolean {
  if (kind === 'phrasing') return seedOfCell(shape, a) === seedOfCell(shape, b);
  return kind === 'all' || phrasingOfCell(shape, a) === phrasingOfCell(shape, b);
}

function isUnjudged({ states, faulted }: Pick<Evidence, 'states' | 'faulted'>, cell: number): boolean {
  return states[cell] === -1 || faulted[cell] === 1;
}

/** 1 for a question all of whose calls (of one seed, where one is named by its place) are convergent, else 0; NaN where it is left out. */
export function convergenceColumn(
  evidence: Evidence,
  seed: number | undefined,
  missing: MissingCalls,
): Float64Array {
  const { shape, lambda } = evidence;
  return Float64Array.from(shape.questions, (_, question) => {
    if (lambda[question] === skipped) return Number.NaN;
    if (lambda[question] !== judged) return errored[missing];
    return convergenceOf(evidence, question, { seed, missing });
  });
}

const errored: Readonly<Record<MissingCalls, number>> = { absent: Number.NaN, worst: 0, best: 1 };

function convergenceOf(
  evidence: Evidence,
  question: number,
  reading: { seed: number | undefined; missing: MissingCalls },
): number {
  const { shape, states } = evidence;
  const { seed, missing } = reading;
  let calls = 0;
  for (let cell = question * shape.perQuestion; cell < (question + 1) * shape.perQuestion; cell += 1) {
    if (seed !== undefined && seedOfCell(shape, cell) !== seed) continue;
    const canHaveConverged = missing === 'best' && isUnjudged(evidence, cell);
    if (states[cell] === -1 && !canHaveConverged) continue;
    if (states[cell] !== stateCodes.convergent && !canHaveConverged) return 0;
    calls += 1;
  }
  return calls === 0 ? Number.NaN : 1;
}

/** The mean flip rate over the questions. */
export function flipEstimator(evidence: Evidence, kind: FlipKind, missing: MissingCalls): Estimator {
  return meanOfQuestions(flipColumn(evidence, kind, missing));
}

/** Candidate − baseline of the flip rate: the mean over the questions that have one on both arms. */
export function flipDifference(
  { candidate, baseline }: Pair,
  kind: FlipKind,
  reading: PairReading,
): Estimator {
  const before = flipColumn(baseline, kind, reading.baseline.missing);
  return meanOfQuestions(
    flipColumn(candidate, kind, reading.candidate.missing).map(
      (rate, question) => rate - (before[question] ?? Number.NaN),
    ),
  );
}

/** The share of questions that converge: over all calls, or for the seed with the smallest share. */
export function convergenceEstimator(
  evidence: Evidence,
  over: 'all' | 'worst_seed',
  missing: MissingCalls,
): Estimator {
  if (over === 'all') return meanOfQuestions(convergenceColumn(evidence, undefined, missing));
  return smallestOf(
    evidence.shape.seeds.map((_, seed) => meanOfQuestions(convergenceColumn(evidence, seed, missing))),
  );
}

/** What a statistic of λ rests on. `column`: its value per question as measured. */
export function standingOfLambda(evidence: Evidence, column: Float64Array): StatisticCounts {
  const { shape, lambda, states, faulted } = evidence;
  const applies = lambda.map((standing) => (standing === skipped ? 0 : 1));
  const counts = countsOfQuestions(column, shape, applies);
  const due = (counts.n + counts.errored) * shape.perQuestion;
  let missing = 0;
  for (let cell = 0; cell < shape.cells; cell += 1) {
    const standing = lambda[Math.floor(cell / shape.perQuestion)];
    if (standing === 0 || (standing === judged && isUnjudged({ states, faulted }, cell))) missing += 1;
  }
  return { ...counts, missing: due === 0 ? 0 : missing / due };
}
