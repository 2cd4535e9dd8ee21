import { existsSync } from 'node:fs';
import { UserError } from '../base/errors.ts';
import type { NewestRun } from '../gates/validity/context.ts';
import { armOfRun } from '../plan/run-id.ts';
import { runIds } from './run-ids.ts';
import { readRecord } from './documents/run.ts';
import { isHeld } from './lock-state.ts';
import { runFolder, type RunFolder } from './run-folder.ts';

/** Looks up the newest run of an arm that has ended, however it did; runs that go on are passed over. */
export async function newestRun(store: string, arm: string): Promise<NewestRun | undefined> {
  for (const id of (await runIds(store)).filter((one) => armOfRun(one) === arm)) {
    const found = await endedRun(store, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function endedRun(store: string, id: string): Promise<NewestRun | undefined> {
  const folder = runFolder(store, id);
  try {
    const record = await readRecord(folder);
    if (record === undefined) return killedRun(folder);
    const { status, artifact, summary } = record;
    return { id, status, artifact: artifact.sha256, summary };
  } catch (error) {
    if (error instanceof UserError) return { id, status: 'damaged' };
    throw error;
  }
}

/** A run without a record that nobody holds was killed; a folder without a plan is none yet. */
export function killedRun({ id, plan, lock, record }: RunFolder): NewestRun | undefined {
  if (!existsSync(plan) || isHeld(lock)) return undefined;
  // It may have ended between two looks.
  return existsSync(record) ? undefined : { id, status: 'killed' };
}
