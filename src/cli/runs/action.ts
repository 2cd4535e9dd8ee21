import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { toWriteError } from '../../base/files.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { lockRun } from '../../store/lock.ts';
import { readPlan, runIds, type PlanFile } from '../../store/documents/plan-file.ts';
import { readRecord } from '../../store/documents/read-record.ts';
import { runFolder, type RunFolder } from '../../store/run-folder.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import type { PruneFlags, RunsFlags } from './flags.ts';

interface ListedRun {
  readonly id: string;
  readonly arm?: string;
  readonly session?: string;
  /** `unfinished`: no record was written yet; `damaged`: what stands there cannot be read. */
  readonly status: RunRecord['status'] | 'unfinished' | 'damaged';
  readonly started_at?: string;
  readonly finished_at?: string;
  readonly cells?: number;
  readonly bytes: number;
}

/** Lists the store's runs, newest first, with their sizes. */
export async function listRuns(flags: RunsFlags, world: World): Promise<ExitCode> {
  const { store } = await loadConfig(flags, world);
  const runs = await Promise.all((await runIds(store)).map((id) => listed(runFolder(store, id))));
  if (flags.json === true)
    world.stdout.write(
      `${JSON.stringify({ store: path.relative(world.workingDirectory, store) || '.', runs })}\n`,
    );
  else world.stdout.write(`${runs.length === 0 ? 'no runs yet: flipgate run makes one' : tableOf(runs)}\n`);
  return exitCodes.pass;
}

async function listed(folder: RunFolder): Promise<ListedRun> {
  const bytes = await sizeOf(folder.path);
  try {
    const plan = await readPlan(folder);
    const record = await readRecord(folder);
    return { id: folder.id, status: record?.status ?? 'unfinished', ...partsOf(plan, record), bytes };
  } catch (error) {
    if (error instanceof UserError) return { id: folder.id, status: 'damaged', bytes };
    throw error;
  }
}

function partsOf(plan: PlanFile | undefined, record: RunRecord | undefined): Partial<ListedRun> {
  if (plan === undefined) return {};
  const { arm, session, started_at } = plan;
  return {
    arm,
    session,
    started_at,
    cells: plan.plan.cells,
    ...(record === undefined ? {} : { finished_at: record.finished_at }),
  };
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function tableOf(runs: readonly ListedRun[]): string {
  const rows = runs.map(({ id, arm, status, cells, finished_at, bytes }) => [
    id,
    arm ?? '',
    status,
    cells === undefined ? '' : `${cells} calls`,
    finished_at ?? '',
    bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`,
  ]);
  return alignColumns(rows);
}

/** Deletes the oldest runs but `keep`; one that another process has is left alone. */
export async function pruneRuns(flags: PruneFlags, world: World): Promise<ExitCode> {
  if (!Number.isSafeInteger(flags.keep) || flags.keep < 0)
    throw new UserError('--keep is not a whole number of at least 0', { hint: 'for example --keep 20' });
  const { store } = await loadConfig(flags, world);
  const old = (await runIds(store)).slice(flags.keep);
  for (const id of old) await removeRun(runFolder(store, id));
  if (flags.json === true) world.stdout.write(`${JSON.stringify({ removed: old })}\n`);
  else world.stdout.write(`${old.length} runs deleted\n`);
  return exitCodes.pass;
}

async function removeRun(folder: RunFolder): Promise<void> {
  const release = await lockRun(folder.lock);
  try {
    await rm(folder.path, { recursive: true });
  } catch (error) {
    await release();
    throw toWriteError(folder.path, error);
  }
}
