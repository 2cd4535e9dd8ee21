import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Program {
  /** What it is called in messages. */
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  /** A folder of its own, removed at the end; `serverFolder` makes one. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How much of what it writes is kept; 50,000 characters by default. */
  readonly keptCharacters?: number;
  /** Whether it takes requests; asked every 50 ms until it says so. */
  readonly ready: () => Promise<boolean>;
}

export interface RunningServer {
  readonly folder: string;
  /** The last of what it wrote on both outputs. */
  readonly logs: () => string;
  /** Ends the program with everything it started, and removes its folder. */
  close(): Promise<void>;
}

const readyWithinSeconds = 60;
// The group ends with the program, and also when its input closes: a test process that is killed leaves nothing behind.
const guard = '( "$@" < /dev/null; echo "ended with $?" >&2; kill -KILL 0 ) & cat > /dev/null; kill -KILL 0';

export function serverFolder(name: string): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `flipgate-${name}-`));
}

/** Starts a program and waits until it takes requests; its logs are in the error where it does not. */
export async function startProgram(program: Program): Promise<RunningServer> {
  const child = spawn('sh', ['-c', guard, 'sh', program.binary, ...program.args], {
    cwd: program.folder,
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', HOME: program.folder, ...program.env },
  });
  let logs = '';
  const keep = (chunk: Buffer): void =>
    void (logs = `${logs}${chunk.toString('utf8')}`.slice(-(program.keptCharacters ?? 50_000)));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => undefined);
  let ended = false;
  const closed = new Promise<void>((resolve) =>
    child.once('close', () => {
      ended = true;
      resolve();
    }),
  );
  const server: RunningServer = {
    folder: program.folder,
    logs: () => logs,
    close: async () => {
      child.stdin.end();
      await closed;
      await rm(program.folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  try {
    await eventually(async () => {
      if (ended) throw new Error('it ended');
      return (await program.ready()) || undefined;
    }, readyWithinSeconds);
  } catch (error) {
    await server.close();
    throw new Error(`${program.name} did not start: ${String(error)}\n${logs.slice(-4000)}`, {
      cause: error,
    });
  }
  return server;
}

/** The first thing that is not `undefined`; asked again every 50 ms, an error after so many seconds. */
export async function eventually<Found>(
  look: () => Promise<Found | undefined>,
  seconds: number,
  told = () => '',
): Promise<Found> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether a GET is answered with 200. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** A port that is free now, below those that the system gives to outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Started when first asked for, once; what `afterAll` closes. */
export function once<Server extends { close(): Promise<void> }>(
  start: () => Promise<Server>,
): (() => Promise<Server>) & { close(): Promise<void> } {
  let server: Promise<Server> | undefined;
  const get = (): Promise<Server> => (server ??= start());
  return Object.assign(get, {
    close: async () => {
      const started = await server?.catch(() => undefined);
      await started?.close();
    },
  });
}
