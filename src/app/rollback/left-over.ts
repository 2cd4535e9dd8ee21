import { readFileSync, readdirSync } from 'node:fs';
import { codeOf } from '../../base/errors.ts';
import { pause } from '../../base/pause.ts';
import type { RollbackBegun } from '../../store/documents/rollback.ts';
import { livenessOf, type Holder } from '../../store/lock-holder.ts';
import type { RollbackSetting } from './contract.ts';

const lookEverySeconds = 0.05;
/** What was killed is gone by then, unless it cannot be killed. */
const lastSeconds = 5;

/**
 * Waits until the program of a rollback whose process died is gone, and ends it when its time is over, with everything it started. Where it cannot
 * be seen, its time is waited for. Returns why nothing may be done beside it where it stays.
 */
export async function untilGone(
  { at, program }: RollbackBegun,
  { clock, pointer: { timeoutSeconds } }: RollbackSetting,
): Promise<string | undefined> {
  const ran = Math.max(0, (clock.now() - Date.parse(at)) / 1000);
  const overAt = clock.monotonic() + timeoutSeconds - ran;
  while (mayRun(program) && clock.monotonic() < overAt) await pause(lookEverySeconds);
  if (program === undefined || livenessOf(program) === 'unknown') return undefined;
  const until = clock.monotonic() + lastSeconds;
  while (isRunning(program)) {
    kill(program.pid);
    if (clock.monotonic() > until)
      return `the program of the rollback before is still running and cannot be ended (process ${program.pid})`;
    await pause(lookEverySeconds);
  }
  return undefined;
}

/** One that cannot be seen may. */
function mayRun(program: Holder | undefined): boolean {
  return program === undefined || livenessOf(program) === 'unknown' || isRunning(program);
}

/** It, or anything that it started in its process group. An id of a process that has a living group is given to no other. */
function isRunning(program: Holder): boolean {
  if (livenessOf(program) === 'alive') return true;
  const members = groupMembers(program.pid);
  return members === undefined
    ? groupExists(program.pid)
    : members.length > 0 && !members.includes(program.pid);
}

/** Processes of a group that have not ended; `undefined` where the system has no `/proc`. */
function groupMembers(group: number): readonly number[] | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/u.test(name))
      .filter((name) => {
        const [state, , itsGroup] = statOf(name);
        return itsGroup === String(group) && state !== 'Z';
      })
      .map(Number);
  } catch {
    return undefined;
  }
}

/** What follows the name in `/proc/PID/stat`: state, parent, group. */
function statOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

function groupExists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function kill(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // it is gone, or another user's
  }
}
