import { mkdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { pause } from '../../base/pause.ts';
import type { Clock } from '../../base/world.ts';
import { heldError, tryLock, type Release } from '../../store/lock.ts';
import { storeMode } from '../../base/regular-file.ts';
import type { RollbackResult, RollbackSetting } from './contract.ts';

type Turn = Pick<RollbackSetting, 'lock' | 'clock' | 'pointer'>;

const beatMilliseconds = 1000;
/** A holder that cannot be seen and whose lock was not touched for so long is gone. */
const silentSeconds = 10;
const lookEverySeconds = 0.05;

/**
 * Does something while no other process does it. Waits for one that is at it, as long as it can take; then, and where there can be no lock, it is
 * done without: a rollback that does not come is worse than two.
 */
export async function inTurn(
  turn: Turn,
  work: (warn: (problem: string) => void) => Promise<Omit<RollbackResult, 'warnings'>>,
): Promise<RollbackResult> {
  const warnings: string[] = [];
  const warn = (problem: string): void => void warnings.push(problem);
  const release = await locked(turn, warn);
  const beating = release && setInterval(() => void beat(turn.lock, turn.clock), beatMilliseconds);
  try {
    const { outcome, reason } = await work(warn);
    return { outcome, reason, warnings: [...new Set(warnings)] };
  } finally {
    clearInterval(beating);
    await release?.().catch((error: unknown) => warn(messageOf(error)));
  }
}

/** Tells those who cannot see this process that it is still at it. */
async function beat(lock: string, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  await utimes(lock, now, now).catch(() => undefined);
}

async function locked(turn: Turn, warn: (problem: string) => void): Promise<Release | undefined> {
  try {
    await mkdir(path.dirname(turn.lock), { recursive: true, mode: storeMode().folder });
    return await wait(turn);
  } catch (error) {
    warn(`acted without the lock: ${messageOf(error)}`);
    return undefined;
  }
}

async function wait({ lock, clock, pointer }: Turn): Promise<Release> {
  // A holder looks, moves, and looks until that has settled.
  const until = clock.monotonic() + 3 * pointer.timeoutSeconds + pointer.settleSeconds + silentSeconds;
  let [touched, changed] = [0, clock.monotonic()];
  for (;;) {
    const attempt = await tryLock(lock);
    if (attempt.kind === 'taken') return attempt.release;
    const now = await touchedAt(lock);
    if (now !== touched) [touched, changed] = [now, clock.monotonic()];
    const isSilent = attempt.by.liveness === 'unknown' && clock.monotonic() > changed + silentSeconds;
    if (isSilent || clock.monotonic() > until) throw heldError('the rollback', attempt.by);
    await pause(lookEverySeconds);
  }
}

async function touchedAt(lock: string): Promise<number> {
  return stat(lock).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
