import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { readLines } from '../../base/files.ts';
import { mapLimited } from '../../base/map-limited.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { callsMade } from '../../scoring/summary/call-tally.ts';
import { readPlan, type PlanFile } from '../../store/documents/plan.ts';
import { runIds } from '../../store/run-ids.ts';
import { readRecord } from '../../store/documents/run.ts';
import { runFolder, type RunFolder } from '../../store/run-folder.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import type { RunsFlags } from './flags.ts';

interface ListedRun {
  readonly id: string;
  readonly arm?: string;
  readonly session?: string;
  /** `unfinished`: no record was written yet; `damaged`: what stands there cannot be read. */
  readonly status: RunRecord['status'] | 'unfinished' | 'damaged';
  readonly started_at?: string;
  readonly finished_at?: string;
  /** Calls that were planned. */
  readonly cells?: number;
  /** Calls that were made. */
  readonly calls?: number;
  readonly bytes: number;
}

/** Lists the store's runs, newest first, with their sizes. */
export async function listRuns(flags: RunsFlags, world: World): Promise<ExitCode> {
  const { store } = await loadConfig(flags, world, { unused: unusedBy.listing });
  const runs = await mapLimited(await runIds(store), (id) => listed(runFolder(store, id)));
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
    const status = record?.status ?? 'unfinished';
    const calls = record === undefined ? linesOf(folder.calls) : callsMade(record.summary.calls);
    return { id: folder.id, status, ...partsOf(plan, record), calls, bytes };
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

function linesOf(file: string): number {
  let lines = 0;
  for (const { whole } of readLines(file)) if (whole) lines += 1;
  return lines;
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await mapLimited(names, (name) =>
    stat(path.join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function tableOf(runs: readonly ListedRun[]): string {
  const rows = runs.map(({ id, arm, status, finished_at, bytes, ...sizes }) => [
    id,
    arm ?? '',
    status,
    callsText(sizes),
    finished_at ?? '',
    bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`,
  ]);
  return alignColumns(rows);
}

function callsText({ cells, calls }: Pick<ListedRun, 'cells' | 'calls'>): string {
  if (cells === undefined || calls === undefined) return '';
  return calls === cells ? `${cells} calls` : `${calls} of ${cells} calls`;
}
