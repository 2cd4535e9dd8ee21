import type { CallColumns, Measures, ReportShape } from '../reporters/html/model.ts';
import { stateCodes } from '../statistics/evidence.ts';

/** Means over a question's calls. */
export function measuresOf(calls: CallColumns, place: number, { perQuestion }: ReportShape): Measures {
  const cells = Array.from({ length: perQuestion }, (_, offset) => place * perQuestion + offset);
  const of = (column: ArrayLike<number>): number | undefined => meanOf(cells.map((cell) => column[cell] ?? Number.NaN));
  const asked = cells.filter((cell) => (calls.outcomes[cell] ?? -1) !== -1);
  const states = asked.flatMap((cell) => ((calls.states[cell] ?? -1) === -1 ? [] : [Number(calls.states[cell] === stateCodes.convergent)]));
  const found = {
    coverage: of(calls.coverage),
    distance: of(calls.distance),
    convergent: meanOf(states),
    flip: of(calls.flips),
    latency: of(calls.latency.total),
    faulted: meanOf(asked.map((cell) => calls.faulted[cell] ?? 0)),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What the order goes by, as in a comparison: losses of coverage and of convergent calls, gains of ΔS and of faults, added up. */
export function worseningOf({ candidate, baseline }: { readonly candidate: Measures; readonly baseline?: Measures }): number {
  const best: Measures = { coverage: 1, convergent: 1, distance: 0, faulted: 0 };
  const before = baseline ?? best;
  const gain = (name: keyof Measures): number => {
    const difference = (candidate[name] ?? Number.NaN) - (before[name] ?? Number.NaN);
    return Number.isNaN(difference) ? 0 : difference;
  };
  return gain('distance') - gain('coverage') - gain('convergent') + gain('faulted');
}

function meanOf(values: readonly number[]): number | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
