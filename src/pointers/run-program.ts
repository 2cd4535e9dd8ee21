import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';

export interface ProgramOptions {
  readonly workingDirectory: string;
  readonly timeoutSeconds: number;
  /** All that the program has of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Waited for when the program's process is there and has done nothing yet. If this process dies meanwhile, the program never begins. Called
   * without a process id, and before there is a process, where nothing can hold it. Must not reject.
   */
  readonly before?: ((pid: number | undefined) => Promise<void>) | undefined;
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

const shell = '/bin/sh';
/** Becomes the program, with its process id, when it is told to; ends when who should tell it is gone. Reads no word of the program's. */
const waitingScript = 'read -r go && exec "$@" </dev/null';

/** Runs a program; no shell reads its words. Past its time it is killed with everything it started; what it left running ends with it. Never rejects. */
export async function runProgram(
  [program = '', ...rest]: readonly string[],
  { workingDirectory, timeoutSeconds, environment, before }: ProgramOptions,
): Promise<Ended> {
  const canWait = before !== undefined && existsSync(shell);
  if (!canWait) await before?.(undefined);
  const [file, args] = canWait ? [shell, ['-c', waitingScript, shell, program, ...rest]] : [program, rest];
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: workingDirectory,
      env: environment,
      stdio: [canWait ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      shell: false,
      detached: true,
    });
  } catch (error) {
    return notStarted(error);
  }
  const ended = endOf(child);
  if (canWait) await letBegin(child, before);
  return withinTime(child, timeoutSeconds, ended);
}

async function letBegin(child: ChildProcess, before: (pid: number) => Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  // One that was killed meanwhile does not hear.
  child.stdin?.on('error', () => undefined);
  await before(child.pid);
  child.stdin?.end('go\n');
}

async function withinTime(
  child: ChildProcess,
  timeoutSeconds: number,
  ended: Promise<Ended>,
): Promise<Ended> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, 1000 * timeoutSeconds);
  const found = await ended;
  clearTimeout(timer);
  return isLate ? { ...found, ok: false, how: `it was stopped after ${timeoutSeconds} s` } : found;
}

function endOf(child: ChildProcess): Promise<Ended> {
  const output = outputOf(child);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(notStarted(error)));
    // Its own end is what counts: a child of it may hold the pipes open.
    child.once('exit', (code, signal) => {
      killGroup(child.pid);
      const how = code === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${code}`;
      const end = (): void => {
        clearTimeout(last);
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
        resolve({ ok: code === 0, how, output: output() });
      };
      const last = setTimeout(end, lastOutputMilliseconds);
      child.once('close', end);
    });
  });
}

function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-kept)));
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
