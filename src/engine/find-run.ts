import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes } from '../base/errors.ts';
import { readPlan, runIds } from './plan-file.ts';
import { runFolder, runIdPattern, type RunFolder } from './run-folder.ts';

/** The run that a reference names: a run's id, the path of a record or its folder, or an arm's name (its newest run). Throws a `UserError` (exit 4). */
export async function findRun(store: string, reference: string): Promise<RunFolder> {
  const ids = await runIds(store);
  if (ids.includes(reference)) return runFolder(store, reference);
  const byPath = await folderAt(reference);
  if (byPath !== undefined) return byPath;
  for (const id of ids) {
    const folder = runFolder(store, id);
    // An id holds its arm's name, but a name may hold hyphens too: the plan decides.
    if (id.includes(`-${reference}-`) && (await readPlan(folder))?.arm === reference) return folder;
  }
  throw new UserError(`no run "${reference}" in store "${store}"`, {
    hint: "name a run's id, its folder, or an arm; flipgate runs lists what there is",
    exitCode: exitCodes.error,
  });
}

async function folderAt(reference: string): Promise<RunFolder | undefined> {
  const found = await stat(reference).catch(() => undefined);
  if (found === undefined) return undefined;
  const folder = path.resolve(found.isDirectory() ? reference : path.dirname(reference));
  const id = path.basename(folder);
  return runIdPattern.test(id) ? runFolder(path.dirname(folder), id) : undefined;
}
