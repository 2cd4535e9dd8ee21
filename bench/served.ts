import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { cli } from './processes.ts';

/** What a process took until now. */
export interface Usage {
  /** Bytes after a collection. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly processorSeconds: number;
}

export interface Served {
  readonly url: string;
  /** From the start of the process to the first 200 of `/readyz`. */
  readonly readySeconds: number;
  usage(): Promise<Usage>;
}

const pollMilliseconds = 5;
const patienceMilliseconds = 60_000;

/** `flipgate serve` in a process of its own while `use` runs, which begins when it is ready. */
export async function withServed<T>(folder: string, use: (served: Served) => Promise<T>): Promise<T> {
  const usageTeller = new URL('tell-usage.mjs', import.meta.url).href;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', usageTeller, cli, 'serve', '--port', '0'],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    },
  );
  try {
    const url = await said(child, / at (http:\S+)\n/u);
    while ((await statusOf(`${url}/readyz`)) !== 200) {
      if (performance.now() - started > patienceMilliseconds) throw new Error('flipgate serve is not ready');
      await pause(pollMilliseconds);
    }
    const readySeconds = (performance.now() - started) / 1000;
    return await use({ url, readySeconds, usage: () => usageOf(child) });
  } finally {
    await ended(child);
  }
}

/** A server that answers everybody with what is at `url`, in a process of its own. */
export async function withSameBytes<T>(url: string, use: (url: string) => Promise<T>): Promise<T> {
  const program = fileURLToPath(new URL('bytes-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    return await use(`http://127.0.0.1:${await said(child, /^(\d+)\n/u)}/metrics`);
  } finally {
    await ended(child);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('close', () => reject(new Error('it ended before it said where it is')));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

function usageOf(child: ChildProcess): Promise<Usage> {
  return new Promise((resolve) => {
    child.once('message', (usage) => resolve(usage as Usage)); // tell-usage.mjs sends just that
    child.send('usage');
  });
}
