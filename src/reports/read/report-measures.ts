import type { CallColumns, Measures, ReportShape } from '../html/model.ts';
import { stateCodes } from '../../statistics/evidence/evidence.ts';

export interface MeasuredCalls {
  readonly calls: CallColumns;
  /** The arm that it is compared with: what both have is compared, so that a call that is missing on one makes neither better. */
  readonly other?: CallColumns | undefined;
}

/** Means over a question's calls; beside another arm over the cells that both have, where there are any. */
export function measuresOf(
  { calls, other }: MeasuredCalls,
  place: number,
  { perQuestion }: ReportShape,
): Measures {
  const cells = Array.from({ length: perQuestion }, (_, offset) => place * perQuestion + offset);
  const of = (columnOf: (calls: CallColumns) => ArrayLike<number>): number | undefined => {
    const value = (from: CallColumns, cell: number): number => columnOf(from)[cell] ?? Number.NaN;
    const shared =
      other === undefined
        ? []
        : cells.filter((cell) => !Number.isNaN(value(calls, cell)) && !Number.isNaN(value(other, cell)));
    return meanOf((shared.length > 0 ? shared : cells).map((cell) => value(calls, cell)));
  };
  const asked = cells.filter((cell) => (calls.outcomes[cell] ?? -1) !== -1);
  const states = asked.flatMap((cell) =>
    (calls.states[cell] ?? -1) === -1 ? [] : [Number(calls.states[cell] === stateCodes.convergent)],
  );
  const found = {
    coverage: of(({ coverage }) => coverage),
    distance: of(({ distance }) => distance),
    convergent: meanOf(states),
    flip: meanOf(cells.map((cell) => calls.flips[cell] ?? Number.NaN)),
    latency: of(({ latency }) => latency.total),
    faulted: meanOf(asked.map((cell) => calls.faulted[cell] ?? 0)),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What the order goes by, as in a comparison: losses of coverage and of convergent calls, gains of ΔS and of faults, added up. */
export function worseningOf({
  candidate,
  baseline,
}: {
  readonly candidate: Measures;
  readonly baseline?: Measures;
}): number {
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
