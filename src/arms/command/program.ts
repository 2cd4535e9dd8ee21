import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { codeOf, messageOf } from '../../base/errors.ts';
import type { Redact } from '../../base/redact.ts';
import { ErrorTail } from './error-tail.ts';
import { createLineSplitter } from './line-splitter.ts';

export interface CommandPlace {
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly maxLineBytes: number;
  readonly redact: Redact;
}

export interface CommandListeners {
  readonly onLine: (line: Buffer) => void;
  /** Called once, when the program is gone or had to be stopped: why, for people. */
  readonly onEnd: (reason: EndReason) => void;
}

export interface EndReason {
  readonly kind: 'ended' | 'line too long';
  readonly message: string;
}

const shortestGraceMilliseconds = 2000;

/**
 * One running program in a process group of its own. It is stopped with everything it started: SIGTERM, and SIGKILL two seconds later. A
 * line over the limit stops it too. The end of what it wrote to stderr is kept for messages.
 */
export class CommandProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #listeners: CommandListeners;
  readonly #gone: Promise<void>;
  readonly #killAtExit = (): void => this.#kill('SIGKILL');
  readonly #errors = new ErrorTail();
  readonly #redact: Redact;
  #hasEnded = false;

  constructor(place: CommandPlace, listeners: CommandListeners) {
    const [program = '', ...rest] = place.command;
    this.#listeners = listeners;
    this.#redact = place.redact;
    this.#child = spawn(program, rest, {
      cwd: place.workingDirectory,
      env: place.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      shell: false,
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    process.on('exit', this.#killAtExit);
    this.#gone = new Promise((resolve) => this.#child.once('close', () => resolve()));
    this.#listen(createLineSplitter(place.maxLineBytes, listeners.onLine), place.maxLineBytes);
  }

  /** Sends one line. What the program does not take in time waits in memory; the caller bounds how much is under way. */
  send(line: string): void {
    if (!this.#hasEnded) this.#child.stdin.write(`${line}\n`);
  }

  /** Stops the program and everything it started; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#end({ kind: 'ended', message: 'the program was stopped' });
    if (this.#child.pid === undefined) return void process.off('exit', this.#killAtExit);
    this.#child.stdin.destroy();
    this.#kill('SIGTERM');
    const timer = setTimeout(() => this.#kill('SIGKILL'), shortestGraceMilliseconds);
    await this.#gone;
    clearTimeout(timer);
    // A child of the program may have outlived it with its pipes closed.
    this.#kill('SIGKILL');
    process.off('exit', this.#killAtExit);
  }

  #listen(splitter: ReturnType<typeof createLineSplitter>, maxLineBytes: number): void {
    const { stdin, stdout, stderr } = this.#child;
    stdin.on('error', () => undefined); // the end of the program says it better
    stdout.on('data', (chunk: Buffer) => {
      if (this.#hasEnded || splitter.push(chunk)) return;
      this.#end({
        kind: 'line too long',
        message: `the program wrote a line of more than ${maxLineBytes} bytes`,
      });
    });
    stderr.setEncoding('utf8').on('data', (chunk: string) => this.#errors.push(chunk));
    this.#child.once('error', (error) =>
      this.#end({
        kind: 'ended',
        message: `the program cannot be started: ${codeOf(error) ?? messageOf(error)}`,
      }),
    );
    // "close" comes after the last line; a program whose children keep its pipes open is gone all the same.
    this.#child.once('exit', () =>
      setTimeout(() => this.#end({ kind: 'ended', message: this.#lastWords() }), 200),
    );
    this.#child.once('close', () => this.#end({ kind: 'ended', message: this.#lastWords() }));
  }

  #end(reason: EndReason): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#listeners.onEnd(reason);
  }

  #lastWords(): string {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode === null ? `with exit code ${exitCode ?? 'unknown'}` : `by ${signalCode}`;
    const errors = this.#errors.words(this.#redact);
    return errors === '' ? `the program ended ${how}` : `the program ended ${how}: ${errors}`;
  }

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // the group is gone
    }
  }
}
