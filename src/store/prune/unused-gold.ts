import { access, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { listDirectory, toWriteError } from '../../base/files.ts';
import { readRegular } from '../../base/regular-file.ts';
import { runIds } from '../run-ids.ts';
import { runFolder } from '../run-folder.ts';

const goldPattern = /^[0-9a-f]{64}\.json$/u;
const hiddenPattern = /^\.pruned-(?<name>[0-9a-f]{64}\.json)$/u;

/**
 * Deletes the stored gold sets that no run was asked with, and returns how many. A session that begins meanwhile loses nothing: a set is hidden
 * first and comes back where a plan names it by then, and a session looks for its set once more when its plans are written.
 */
export async function removeUnusedGold(store: string): Promise<number> {
  const folder = path.join(store, 'gold');
  await restoreHidden(folder);
  const names = (await listDirectory(folder)).filter((name) => goldPattern.test(name));
  const used = await usedGold(store);
  const unused = names.filter((name) => !used.has(path.basename(name, '.json')));
  const hiddenOf = (name: string): string => path.join(folder, `.pruned-${name}`);
  for (const name of unused) await moveFile(path.join(folder, name), hiddenOf(name));
  const usedByNow = await usedGold(store);
  let removed = 0;
  for (const name of unused) {
    if (usedByNow.has(path.basename(name, '.json'))) await moveFile(hiddenOf(name), path.join(folder, name));
    else {
      await rm(hiddenOf(name), { force: true });
      removed += 1;
    }
  }
  return removed;
}

/** What a kill left hidden comes back: whether it is used is looked up again. */
async function restoreHidden(folder: string): Promise<void> {
  for (const hidden of await listDirectory(folder)) {
    const name = hiddenPattern.exec(hidden)?.groups?.['name'];
    if (name === undefined) continue;
    const isThere = await access(path.join(folder, name)).then(
      () => true,
      () => false,
    );
    if (isThere) await rm(path.join(folder, hidden), { force: true });
    else await moveFile(path.join(folder, hidden), path.join(folder, name));
  }
}

async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw toWriteError(to, error);
  });
}

/** Every digest that stands in a plan: those of plans that this version cannot parse count too. Throws a `UserError` (exit 4) for one that cannot be read. */
async function usedGold(store: string): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const id of await runIds(store)) {
    const { plan } = runFolder(store, id);
    for (const [digest] of (await textOf(plan)).matchAll(/[0-9a-f]{64}/gu)) used.add(digest);
  }
  return used;
}

/** Empty where there is no such file. */
async function textOf(file: string): Promise<string> {
  return readRegular(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return '';
    throw new UserError(`"${file}" cannot be read: ${messageOf(error)}`, {
      hint: 'no gold set was deleted: which one this run needs is not known',
      exitCode: exitCodes.error,
    });
  });
}
