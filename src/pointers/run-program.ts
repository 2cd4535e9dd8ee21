import { spawn } from 'node:child_process';
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

const keptBytes = 8000;

/** Runs a program without a shell. Past its time it is killed with everything it started. Never rejects. */
export function runProgram(
  [program = '', ...rest]: readonly string[],
  { workingDirectory, timeoutSeconds }: ProgramOptions,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, rest, { cwd: workingDirectory, stdio: ['ignore', 'pipe', 'pipe'], shell: false, detached: true });
    let output = '';
    let late = false;
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-keptBytes);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      late = true;
      killGroup(child.pid);
    }, 1000 * timeoutSeconds);
    const end = (ok: boolean, how: string): void => {
      clearTimeout(timer);
      killGroup(child.pid);
      resolve({ ok: ok && !late, how: late ? `it was stopped after ${timeoutSeconds} s` : how, output });
    };
    child.once('error', (error) => end(false, `it cannot be started: ${messageOf(error)}`));
    // A child of it may hold the pipes open: its own end is what counts.
    child.once('exit', (code, signal) =>
      setImmediate(end, code === 0, code === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${code}`),
    );
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // the group is gone
  }
}
