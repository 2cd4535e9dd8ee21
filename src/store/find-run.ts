import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes } from '../base/errors.ts';
import { newestPlan } from './find-session.ts';
import { runIds } from './run-ids.ts';
import { armOfRun, runIdPattern, secondOf } from '../plan/run-id.ts';
import { runFolder, type RunFolder } from './run-folder.ts';

/**
 * The run that a reference names: a run's id, the path of a record or its folder (relative to `from`), or an arm's name (its newest run).
 * Throws a `UserError` (exit 4).
 */
export async function findRun(store: string, reference: string, from: string): Promise<RunFolder> {
  const ids = await runIds(store);
  if (ids.includes(reference)) return runFolder(store, reference);
  const byPath = await folderAt(path.resolve(from, reference));
  if (byPath !== undefined) return byPath;
  const newest = await newestRun(
    store,
    ids.filter((id) => armOfRun(id) === reference),
  );
  if (newest !== undefined) return runFolder(store, newest);
  throw new UserError(`no run "${reference}" in store "${store}"`, {
    hint: "name a run's id, its folder, or an arm; flipgate runs lists what there is",
    exitCode: exitCodes.error,
  });
}

/** The newest of an arm's runs, given newest first, whatever became of it. Ids tell seconds; runs of one second are told apart by their plans. */
async function newestRun(store: string, ids: readonly string[]): Promise<string | undefined> {
  const [first] = ids;
  if (first === undefined) return undefined;
  const ofOneSecond = ids.filter((id) => secondOf(id) === secondOf(first));
  if (ofOneSecond.length === 1) return first;
  return (await newestPlan(store, ofOneSecond))?.id ?? first;
}

async function folderAt(place: string): Promise<RunFolder | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return undefined;
  const folder = found.isDirectory() ? place : path.dirname(place);
  const id = path.basename(folder);
  return runIdPattern.test(id) ? runFolder(path.dirname(folder), id) : undefined;
}
