import { fstatSync, writeSync } from 'node:fs';
import { exitCodes, type ExitCode } from './base/errors.ts';
import type { Sink, World } from './base/world.ts';
import { built } from './built.ts';

/** This process as a `World`; no other file touches its arguments, streams and signals. */
export function processWorld(): World {
  return {
    arguments: process.argv.slice(2),
    environment: process.env,
    workingDirectory: process.cwd(),
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    clock: { now: () => Date.now(), monotonic: () => performance.now() / 1000 },
    build: built,
    onInterrupt,
    onHangup(listener) {
      process.on('SIGHUP', listener);
      return () => process.off('SIGHUP', listener);
    },
  };
}

/**
 * Ends this process with the code of what it runs, and with no other. An arm's module shares the process: where it exits or throws what nobody
 * catches, nothing was decided, which is 4 and never 0 or 1.
 */
export async function exitWith(run: (world: World) => Promise<ExitCode>): Promise<void> {
  const decided: ExitCode[] = [];
  process.on('exit', () => {
    const [code] = decided;
    if (code === undefined) tellUnfinished();
    process.exitCode = code ?? exitCodes.error;
  });
  decided.push(await run(processWorld()));
}

function tellUnfinished(): void {
  const message = 'error: the process ended before flipgate was done: nothing was decided\n';
  const hint = 'hint: a module or a library of it called process.exit, or threw where nothing catches\n';
  try {
    writeSync(process.stderr.fd, `${message}${hint}`);
  } catch {
    // nobody reads it
  }
}

const endsOfWaiting = ['drain', 'error', 'close'] as const;

type StandardStream = NodeJS.WriteStream & { readonly fd: number };

/** A reader that went away (`| head`) is no error: what is left is thrown away and the exit code stays what it is. */
function sinkOf(stream: StandardStream): Sink {
  let open = true;
  stream.on('error', () => {
    open = false;
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    tryWrite: lineWriter(stream, () => open),
    drained: () =>
      new Promise((resolve) => {
        if (!open || !stream.writableNeedDrain) return resolve();
        const done = (): void => {
          for (const event of endsOfWaiting) stream.off(event, done);
          resolve();
        };
        for (const event of endsOfWaiting) stream.on(event, done);
      }),
    isTerminal: stream.isTTY,
    columns: stream.isTTY ? stream.columns : 100,
  };
}

/** What waits for a reader, in bytes, before lines are dropped. */
const mostWaiting = 1 << 20;

/** A file is written at once: its stream would be over after one full disk. Of a line that was cut the next one makes an end. */
function lineWriter(stream: StandardStream, isOpen: () => boolean): (line: string) => boolean {
  let cut = '';
  return (line) => {
    if (!isFile(stream.fd)) {
      if (!isOpen() || stream.writableLength > mostWaiting) return false;
      stream.write(line);
      return true;
    }
    const bytes = Buffer.from(cut + line);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(stream.fd, bytes, written);
      cut = '';
      return true;
    } catch {
      if (written > cut.length) cut = '\n';
      return false;
    }
  };
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function onInterrupt(listener: (count: number) => void): () => void {
  let count = 0;
  const heard = (): void => {
    count += 1;
    listener(count);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, heard);
  return () => {
    for (const signal of signals) process.off(signal, heard);
  };
}
