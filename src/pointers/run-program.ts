import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { messageOf } from '../base/errors.ts';

export interface ProgramOptions {
  readonly workingDirectory: string;
  readonly timeoutSeconds: number;
}

/** How a program ended. */
export interface Ended {
  readonly ok: boolean;
  /** For people: how it ended. */
  readonly how: string;
  /** The end of what it wrote to stdout and stderr. */
  readonly output: string;
}

/** Characters; twice of what is shown, so that a secret at the cut is whole when secrets are taken out. */
const kept = 16_000;
/** For so long the last output of a program that has ended is waited for: something that left its group may hold the pipes open. */
const lastOutputMilliseconds = 1000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Runs a program without a shell. Past its time it is killed with everything it started; what it left running ends with it. Never rejects. */
export function runProgram(
  [program = '', ...rest]: readonly string[],
  { workingDirectory, timeoutSeconds }: ProgramOptions,
): Promise<Ended> {
  return new Promise((resolve) => {
    let child: Child;
    try {
      child = spawn(program, rest, {
        cwd: workingDirectory,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: false,
        detached: true,
      });
    } catch (error) {
      resolve(notStarted(error));
      return;
    }
    watch(child, timeoutSeconds, resolve);
  });
}

function watch(child: Child, timeoutSeconds: number, resolve: (ended: Ended) => void): void {
  const output = outputOf(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, 1000 * timeoutSeconds);
  child.once('error', (error) => {
    clearTimeout(timer);
    resolve(notStarted(error));
  });
  // Its own end is what counts: a child of it may hold the pipes open.
  child.once('exit', (code, signal) => {
    clearTimeout(timer);
    killGroup(child.pid);
    const how = code === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${code}`;
    const end = (): void => {
      clearTimeout(last);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve({
        ok: code === 0 && !isLate,
        how: isLate ? `it was stopped after ${timeoutSeconds} s` : how,
        output: output(),
      });
    };
    const last = setTimeout(end, lastOutputMilliseconds);
    child.once('close', end);
  });
}

function outputOf({ stdout, stderr }: Child): () => string {
  let text = '';
  for (const stream of [stdout, stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-kept)));
  return () => text;
}

function notStarted(error: unknown): Ended {
  return { ok: false, how: `it cannot be started: ${messageOf(error)}`, output: '' };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // the group is gone
  }
}
