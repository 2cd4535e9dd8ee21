import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { storeError, writeAtomically } from '../base/files.ts';
import type { Drill } from '../gates/context.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';

/** Stores the newest verdict of a gate on an arm, whole or not at all, and adds it to the history. Returns its file. */
export async function storeVerdict(store: string, verdict: Verdict): Promise<string> {
  const folder = path.join(store, 'verdicts');
  const file = path.join(folder, `${verdict.gate}.${verdict.arm}.json`);
  await writeAtomically(file, `${JSON.stringify(verdict, undefined, 2)}\n`);
  const history = path.join(folder, 'history.jsonl');
  await appendFile(history, `${JSON.stringify(verdict)}\n`).catch((error: unknown) => {
    throw storeError(history, error);
  });
  return file;
}

/** Stores a comparison beside the runs that it rests on. Returns its file. */
export async function storeComparison(store: string, comparison: Comparison): Promise<string> {
  const folder = path.join(store, 'comparisons', `${comparison.baseline.id}..${comparison.candidate.id}`);
  const file = path.join(folder, 'comparison.json');
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storeError(folder, error);
  });
  await writeAtomically(file, `${JSON.stringify(comparison)}\n`);
  return file;
}

/** Stores a pointer's drill. Returns its file. */
export async function storeDrill(store: string, drill: Drill): Promise<string> {
  const file = path.join(store, 'drills', `${drill.pointer}.json`);
  await writeAtomically(file, `${JSON.stringify(drill, undefined, 2)}\n`);
  return file;
}
