import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { listDirectory, toWriteError } from '../../base/files.ts';
import type { HeldBy } from '../lock-folder.ts';
import { tryLock, type LockAttempt } from '../lock.ts';
import { runFolder } from '../run-folder.ts';

export type Removal =
  | { readonly kind: 'removed' }
  | { readonly kind: 'locked'; readonly by: HeldBy }
  /** Somebody else deleted it. */
  | { readonly kind: 'gone' };

const hiddenPrefix = '.pruned-';

/**
 * Deletes a run with the comparisons that rest on it, unless another process has it. It disappears at once: a kill leaves a hidden folder, which
 * `sweepRemoved` deletes. Throws a `UserError` (exit 4) where that cannot be done.
 */
export async function removeRun(store: string, id: string): Promise<Removal> {
  const folder = runFolder(store, id);
  const attempt = await lockIfThere(folder.path, folder.lock);
  if (attempt === undefined) return { kind: 'gone' };
  if (attempt.kind === 'held') return { kind: 'locked', by: attempt.by };
  try {
    // First, so that none is left without its runs; a comparison can be made again.
    await removeComparisons(store, id);
    await hideAndDelete(folder.path, path.join(store, `${hiddenPrefix}${id}`));
    return { kind: 'removed' };
  } catch (error) {
    await attempt.release();
    throw toWriteError(folder.path, error);
  }
}

/** Deletes what an earlier process had begun to delete. */
export async function sweepRemoved(store: string): Promise<void> {
  for (const name of await listDirectory(store, 'store '))
    if (name.startsWith(hiddenPrefix)) await deleteFolder(path.join(store, name));
}

async function lockIfThere(folder: string, lock: string): Promise<LockAttempt | undefined> {
  try {
    return await tryLock(lock);
  } catch (error) {
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    if (isThere) throw error;
    return undefined;
  }
}

async function removeComparisons(store: string, id: string): Promise<void> {
  const folder = path.join(store, 'comparisons');
  for (const name of await listDirectory(folder))
    if (name.split('..').includes(id)) await deleteFolder(path.join(folder, name));
}

async function hideAndDelete(folder: string, hidden: string): Promise<void> {
  await rename(folder, hidden);
  await deleteFolder(hidden);
}

async function deleteFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
    throw toWriteError(folder, error);
  });
}
