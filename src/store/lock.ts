import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, codeOf, exitCodes } from '../base/errors.ts';
import { toWriteError } from '../base/files.ts';
import { pause } from '../base/pause.ts';
import type { Clock } from '../base/world.ts';
import { livenessOf, ownIdentity, parseHolder, type Holder, type Liveness } from './lock-holder.ts';

// A lock is a folder with one file in it, which tells the holder and whose name is the holder's alone. It comes into place whole, by renaming a
// folder made beside it, which the system refuses while another's file is in there. A dead holder's file is deleted by its own name: whoever
// looked too long ago deletes nothing, so that two who meet a stale lock never both win, and nobody releases what is not theirs.

/** Releases a lock; a second time does nothing. */
export type Release = () => Promise<void>;

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

export type LockAttempt =
  | { readonly kind: 'taken'; readonly release: Release }
  | { readonly kind: 'held'; readonly by: HeldBy };

/** Others that come and go so often in between are one too many. */
const maxAttempts = 100;

/** Takes a lock for this process alone, or tells who has it. A lock whose holder is seen to be dead is taken over; one that cannot be seen counts as alive. */
export async function tryLock(file: string): Promise<LockAttempt> {
  const own = `${process.pid}-${randomBytes(8).toString('hex')}`;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await moveIntoPlace(file, own)) return { kind: 'taken', release: () => remove(file, own) };
    const by = await whoHolds(file);
    if (by !== undefined) return { kind: 'held', by };
  }
  throw new UserError(`the lock "${file}" cannot be taken: others take it again and again`, {
    exitCode: exitCodes.error,
  });
}

/** Takes a lock for this process alone. Throws a `UserError` (exit 4) that names the holder of one that is held; `what` is what it locks, as in "the run". */
export async function lockFile(file: string, what: string): Promise<Release> {
  const attempt = await tryLock(file);
  if (attempt.kind === 'held') throw heldError(what, attempt.by);
  return attempt.release;
}

/** Takes a run for this process alone. Throws as `lockFile` does. */
export function lockRun(file: string): Promise<Release> {
  return lockFile(file, 'the run');
}

export interface Waiting {
  readonly what: string;
  readonly clock: Clock;
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
}

const [firstPauseSeconds, maxPauseSeconds] = [0.02, 0.5];

/** Waits until a lock is free. Throws as `lockFile` does at the limit, and what the signal says when that is aborted. */
export async function waitForLock(file: string, waiting: Waiting): Promise<Release> {
  const { what, clock, limitSeconds, signal } = waiting;
  const until = clock.monotonic() + limitSeconds;
  for (let wait = firstPauseSeconds; ; wait = Math.min(2 * wait, maxPauseSeconds)) {
    signal.throwIfAborted();
    const attempt = await tryLock(file);
    if (attempt.kind === 'taken') return attempt.release;
    const left = until - clock.monotonic();
    if (left <= 0) throw heldError(what, attempt.by);
    await pause(Math.min(wait, left), signal);
  }
}

/** Who is in the way, for people: with what to do about it. */
export function heldError(what: string, { lock, holder, liveness, since }: HeldBy): UserError {
  const time = new Date(since).toISOString();
  const byHand = `when it is gone for sure, delete the lock by hand: rm -r "${lock}"`;
  if (holder === undefined)
    return lockError(`${what} has been locked since ${time} by something this version cannot read`, byHand);
  if (liveness === 'alive')
    return lockError(
      `${what} is in use by process ${holder.pid}`,
      `wait until it ends, or stop it; the lock is "${lock}"`,
    );
  return lockError(
    `${what} has been in use by process ${holder.pid} on host "${holder.host}" since ${time}`,
    `that process cannot be seen from here, so it counts as alive: wait until it ends, or stop it there; ${byHand}`,
  );
}

function lockError(message: string, hint: string): UserError {
  return new UserError(message, { hint, exitCode: exitCodes.error });
}

/** False where somebody else's lock is in place. */
async function moveIntoPlace(file: string, own: string): Promise<boolean> {
  const beside = `${file}.${own}`;
  try {
    await mkdir(beside);
    await writeSynced(path.join(beside, own), JSON.stringify(ownIdentity()));
    return await renameUnlessThere(beside, file);
  } catch (error) {
    throw toWriteError(file, error);
  } finally {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined);
  }
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
  const handle = await open(file, 'wx');
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
async function whoHolds(file: string): Promise<HeldBy | undefined> {
  for (const name of await namesIn(file)) {
    const found = await readHolder(path.join(file, name));
    if (found === undefined) continue;
    const liveness = found.holder === undefined ? 'unknown' : livenessOf(found.holder);
    if (liveness !== 'dead') return { lock: file, ...found, liveness };
    await remove(file, name);
  }
  return undefined;
}

async function namesIn(file: string): Promise<readonly string[]> {
  return readdir(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw toWriteError(file, error);
  });
}

/** `undefined` where it is gone by now. */
async function readHolder(file: string): Promise<Omit<HeldBy, 'lock' | 'liveness'> | undefined> {
  try {
    const [text, { mtimeMs: since }] = [await readFile(file, 'utf8'), await stat(file)];
    const holder = parseHolder(text);
    return { since, ...(holder === undefined ? {} : { holder }) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw toWriteError(file, error);
  }
}

/** Deletes one holder's file by its name, and the folder where nobody else's is in it. */
async function remove(file: string, name: string): Promise<void> {
  await rm(path.join(file, name), { force: true }).catch((error: unknown) => {
    throw toWriteError(file, error);
  });
  await rmdir(file).catch((error: unknown) => {
    const isOthers = ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '');
    if (!isOthers) throw toWriteError(file, error);
  });
}
