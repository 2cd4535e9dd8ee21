import { sanitizeForTerminal } from '../../base/printable.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import type { Paint } from '../../reports/terminal/paint.ts';
import { runFaults, type FaultKind, type RunFaults } from '../../reports/read/run-faults.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { callsMade } from '../../scoring/summary/call-tally.ts';
import { runFolder } from '../../store/run-folder.ts';
import type { RunEnd } from './run-end.ts';

/** The kinds of faults of an arm, each with its first message, and why an arm was given up. */
export function faultLines(record: RunRecord, end: RunEnd, paint: Paint): readonly string[] {
  const { kinds, lastInARow } = faultsIn(record, end);
  if (kinds.length === 0) return [];
  const title =
    record.status === 'aborted'
      ? `faults, ${record.arm}: ${lastInARow} in a row, aborted`
      : `faults, ${record.arm}`;
  const rows = kinds.map(({ outcome, count, first }) => [
    outcome,
    `${count} ×`,
    `${count === 1 ? '' : 'first: '}${sanitizeForTerminal(first, 300)}`,
  ]);
  return [`\n${paint.bold(title)}`, alignColumns(rows, '  ')];
}

/** The same for programs. */
export function faultsOf(record: RunRecord, end: RunEnd): readonly (FaultKind & { readonly arm: string })[] {
  return faultsIn(record, end).kinds.map((kind) => ({ arm: record.arm, ...kind }));
}

function faultsIn({ id, summary: { calls } }: RunRecord, { config }: RunEnd): RunFaults {
  // A run without faults needs no reading.
  return callsMade(calls) === calls.ok
    ? { kinds: [], lastInARow: 0 }
    : runFaults(runFolder(config.store, id).calls);
}
