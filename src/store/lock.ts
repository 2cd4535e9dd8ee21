import { readFileSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { UserError, codeOf, exitCodes } from '../base/errors.ts';
import { toWriteError } from '../base/files.ts';

/** Lets go of a lock. */
export type Release = () => Promise<void>;

interface Owner {
  readonly pid: number;
  /** When that process started, as the system counts; tells a reused process id apart. */
  readonly started?: string;
}

/**
 * Takes a run for this process alone. Throws a `UserError` (exit 4) with the other's process id when somebody has it;
 * a lock whose process is gone is taken over.
 */
export async function lockRun(file: string): Promise<Release> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await tryLock(file)) return () => rm(file, { force: true });
    const owner = await readOwner(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new UserError(`the run is in use by process ${owner.pid}`, {
        hint: `wait until it ends, or stop it; the lock is "${file}"`,
        exitCode: exitCodes.error,
      });
    }
    await rm(file, { force: true });
  }
  throw new UserError(`the lock "${file}" cannot be taken`, {
    hint: 'another process takes it again and again',
    exitCode: exitCodes.error,
  });
}

/** Written beside and linked into place, so that a lock is never seen half-written. */
async function tryLock(file: string): Promise<boolean> {
  const own = `${file}.${process.pid}`;
  const started = startOf(process.pid);
  try {
    await writeFile(own, JSON.stringify({ pid: process.pid, ...(started === undefined ? {} : { started }) }));
    await link(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw toWriteError(file, error);
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined;
    return 'started' in value && typeof value.started === 'string'
      ? { pid: value.pid, started: value.started }
      : { pid: value.pid };
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return owner.started === undefined || startOf(owner.pid) === owner.started;
}

/** Field 22 of `/proc/PID/stat` with the boot's id, where there is such a thing. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields?.[19] ?? ''}`;
  } catch {
    return undefined;
  }
}
