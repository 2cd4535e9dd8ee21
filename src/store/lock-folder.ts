import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import { toWriteError } from '../base/files.ts';
import { isUnusable, readRegular, storeMode } from '../base/regular-file.ts';
import {
  isOfTheDead,
  livenessOf,
  ownIdentity,
  parseHolder,
  type Holder,
  type Liveness,
} from './lock-holder.ts';

// A lock is a folder with one file in it, which tells the holder and whose name is the holder's alone. It comes into place whole, by renaming a
// folder made beside it, which the system refuses while another's file is in there. A dead holder's file is deleted by its own name: whoever
// looked too long ago deletes nothing, so that two who meet a stale lock never both win, and nobody releases what is not theirs.

/** Who is in the way. */
export interface HeldBy {
  /** The lock's path. */
  readonly lock: string;
  /** Absent for what this version cannot read. */
  readonly holder?: Holder;
  readonly liveness: Exclude<Liveness, 'dead'>;
  /** When it was taken, in milliseconds since 1970, as the file system has it. */
  readonly since: number;
}

/** False where somebody else's lock is in place. */
export async function moveIntoPlace(file: string, own: string): Promise<boolean> {
  const beside = `${file}.${own}`;
  try {
    await mkdir(beside, { mode: storeMode().folder });
    await writeSynced(path.join(beside, own), JSON.stringify(ownIdentity()));
    const isOurs = await renameUnlessThere(beside, file);
    if (isOurs) await sweep(file);
    return isOurs;
  } catch (error) {
    throw toWriteError(file, error);
  } finally {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Deletes what processes left that were killed while they made a lock. Only tidiness: where it fails, the lock is taken all the same. */
async function sweep(file: string): Promise<void> {
  const start = `${path.basename(file)}.`;
  const names = await readdir(path.dirname(file)).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(start) && isOfTheDead(one.slice(start.length))))
    await rm(path.join(path.dirname(file), name), { recursive: true, force: true }).catch(() => undefined);
}

async function renameUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    // Windows says the last of an empty folder too.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '') && (await isFolder(to))) return false;
    throw error;
  }
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', storeMode().file);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isFolder(place: string): Promise<boolean> {
  return stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The first that counts as alive; what dead ones left is deleted. `undefined` where the lock is free by now. */
export async function whoHolds(file: string): Promise<HeldBy | undefined> {
  for (const name of await listDirectory(file)) {
    const found = await readHolder(path.join(file, name));
    if (found === undefined) continue;
    const liveness = found.holder === undefined ? 'unknown' : livenessOf(found.holder);
    if (liveness !== 'dead') return { lock: file, ...found, liveness };
    await removeHolder(file, name);
  }
  return undefined;
}

async function listDirectory(file: string): Promise<readonly string[]> {
  return readdir(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw toWriteError(file, error);
  });
}

/** What no holder made tells of none. */
function emptyIfUnusable(error: unknown): string {
  if (isUnusable(error)) return '';
  throw error;
}

/** `undefined` where it is gone by now. */
async function readHolder(file: string): Promise<Omit<HeldBy, 'lock' | 'liveness'> | undefined> {
  try {
    const [text, { mtimeMs: since }] = [await readRegular(file).catch(emptyIfUnusable), await stat(file)];
    const holder = parseHolder(text);
    return { since, ...(holder === undefined ? {} : { holder }) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw toWriteError(file, error);
  }
}

/** Deletes one holder's file by its name, and the folder where nobody else's is in it. */
export async function removeHolder(file: string, name: string): Promise<void> {
  await rm(path.join(file, name), { force: true }).catch((error: unknown) => {
    throw toWriteError(file, error);
  });
  await rmdir(file).catch((error: unknown) => {
    const isOthers = ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '');
    if (!isOthers) throw toWriteError(file, error);
  });
}
