import { UserError, exitCodes } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import type { Clock } from '../base/world.ts';
import { uniqueName } from './lock-holder.ts';
import { moveIntoPlace, removeHolder, whoHolds, type HeldBy } from './lock-folder.ts';

/** Releases a lock; a second time does nothing. */
export type Release = () => Promise<void>;

export type LockAttempt =
  | { readonly kind: 'taken'; readonly release: Release }
  | { readonly kind: 'held'; readonly by: HeldBy };

/** Others that come and go so often in between are one too many. */
const maxAttempts = 100;

/** Takes a lock for this process alone, or tells who has it. A lock whose holder is seen to be dead is taken over; one that cannot be seen counts as alive. */
export async function tryLock(file: string): Promise<LockAttempt> {
  const own = uniqueName();
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await moveIntoPlace(file, own)) return { kind: 'taken', release: () => removeHolder(file, own) };
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
