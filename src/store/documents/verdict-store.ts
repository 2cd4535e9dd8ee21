import path from 'node:path';
import { writeAtomically } from '../../base/files.ts';
import type { Drill } from '../../gates/context.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import { appendEvent } from '../event-log.ts';
import { runIds } from './plan-file.ts';
import { comparisonFile } from './read-verdicts.ts';
import { armOfRun, secondOf } from '../../plan/run-id.ts';

/**
 * Stores a verdict: adds it to the history, and makes it the newest of its gate and arm, whole or not at all. Not so where the store has a newer
 * run of the arm: an arm's name stands for its newest run. Returns the file that now has it.
 */
export async function storeVerdict(store: string, verdict: Verdict): Promise<string> {
  const folder = path.join(store, 'verdicts');
  const history = path.join(folder, 'history.jsonl');
  const { candidate } = verdict.runs;
  const isNewest =
    candidate === undefined ||
    !(await runIds(store)).some((id) => armOfRun(id) === verdict.arm && secondOf(id) > secondOf(candidate));
  const file = isNewest ? path.join(folder, `${verdict.gate}.${verdict.arm}.json`) : history;
  if (isNewest) await writeAtomically(file, `${JSON.stringify(verdict, undefined, 2)}\n`);
  await appendEvent(history, verdict);
  return file;
}

/** Stores a comparison beside the runs that it rests on. Returns its file. */
export async function storeComparison(store: string, comparison: Comparison): Promise<string> {
  const file = comparisonFile(store, comparison.baseline.id, comparison.candidate.id);
  await writeAtomically(file, `${JSON.stringify(comparison)}\n`);
  return file;
}

/** Stores a pointer's drill. Returns its file. */
export async function storeDrill(store: string, drill: Drill): Promise<string> {
  const file = path.join(store, 'drills', `${drill.pointer}.json`);
  await writeAtomically(file, `${JSON.stringify(drill, undefined, 2)}\n`);
  return file;
}
