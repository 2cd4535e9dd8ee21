import { countsOf, groupedBy, pairsOf } from '../../base/counting.ts';
import type { LambdaState } from '../record.ts';

export interface StateOfCell {
  readonly phrasing: number;
  readonly seed: number;
  readonly state: LambdaState;
}

/** Shares of pairs in different states, 0 to 1; absent where a question has no such pair. */
export interface FlipRates {
  readonly all?: number;
  /** Pairs with the same seed. */
  readonly phrasing?: number;
  /** Pairs with the same phrasing. */
  readonly seed?: number;
}

/** Flip rates of one question over the unordered pairs of its calls. */
export function flipRates(cells: readonly StateOfCell[]): FlipRates {
  const all = flippedShare([cells]);
  const phrasing = flippedShare(groupedBy(cells, ({ seed }) => seed).values());
  const seed = flippedShare(groupedBy(cells, (cell) => cell.phrasing).values());
  return {
    ...(all !== undefined && { all }),
    ...(phrasing !== undefined && { phrasing }),
    ...(seed !== undefined && { seed }),
  };
}

/** For each call the share of the question's other calls in another state; `undefined` for a call that is alone. */
export function flipsOfCalls(states: readonly LambdaState[]): (number | undefined)[] {
  const counts = countsOf(states);
  const others = states.length - 1;
  return states.map((state) =>
    others === 0 ? undefined : (states.length - (counts.get(state) ?? 0)) / others,
  );
}

function flippedShare(groups: Iterable<readonly StateOfCell[]>): number | undefined {
  let pairs = 0;
  let same = 0;
  for (const group of groups) {
    pairs += pairsOf(group.length);
    for (const count of countsOf(group.map(({ state }) => state)).values()) same += pairsOf(count);
  }
  return pairs === 0 ? undefined : (pairs - same) / pairs;
}
