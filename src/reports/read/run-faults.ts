import { readLines } from '../../base/files.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import { faults, type Fault } from '../../scoring/answer.ts';
import type { CallLine } from '../../scoring/record.ts';

/** The faults of one kind in a run. */
export interface FaultKind {
  readonly outcome: Fault;
  readonly count: number;
  /** The message of the first. */
  readonly first: string;
}

export interface RunFaults {
  /** The most frequent kind first. */
  readonly kinds: readonly FaultKind[];
  /** How many calls were faults at the end, one after the other. */
  readonly lastInARow: number;
}

/** What went wrong in a run's calls, in the order in which they came back. */
export function runFaults(calls: string): RunFaults {
  const kinds = new Map<Fault, FaultKind>();
  let lastInARow = 0;
  for (const { text, whole } of readLines(calls)) {
    if (!whole) continue;
    const { outcome, message = '' } = callIn(text);
    const fault = faults.find((one) => one === outcome);
    lastInARow = fault === undefined ? 0 : lastInARow + 1;
    if (fault === undefined) continue;
    const known = kinds.get(fault);
    kinds.set(fault, {
      outcome: fault,
      count: (known?.count ?? 0) + 1,
      first: known?.first ?? message,
    });
  }
  return { kinds: [...kinds.values()].toSorted((a, b) => b.count - a.count), lastInARow };
}

/** Most calls of most runs are no faults, and need no parsing to tell: in a text of theirs the quotes stand escaped. */
function callIn(line: string): Partial<Pick<CallLine, 'outcome' | 'message'>> {
  if (line.includes('"outcome":"ok"')) return { outcome: 'ok' };
  const value = jsonOrUndefined(line);
  return typeof value === 'object' && value !== null ? value : {};
}
