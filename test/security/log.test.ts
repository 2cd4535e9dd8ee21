import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { exchange } from '../support/raw-http.ts';
import { emptyStore, writeRun } from '../support/store-files.ts';

interface Logging {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: string;
}

/** Serves with a log that goes where the shell words say; nobody reads stderr. */
async function logging(words: string): Promise<Logging> {
  const folder = await emptyStore();
  await writeRun(path.join(folder, 'reports'));
  const log = path.join(folder, 'serve.log');
  await writeFile(log, '');
  const child = spawn('sh', ['-c', words, 'sh', process.execPath, cli, 'serve', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, LOG: log },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    child.stderr.resume();
    await once(child, 'close');
  });
  for await (const line of createInterface(child.stdout)) {
    const url = / at (http:\S+)$/u.exec(line)?.[1];
    if (url !== undefined) return { url, child, log };
  }
  throw new Error('it ended before it listened');
}

async function dropped(url: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^flipgate_log_lines_dropped_total (\d+)$/mu.exec(page)?.[1]);
}

async function ask(url: string, times: number): Promise<void> {
  for (let asked = 0; asked < times; asked += 1)
    expect((await fetch(`${url}/healthz?${'x'.repeat(100)}`)).status).toBe(200);
}

test('a disk that is full loses lines, counts them, and gets the next ones when there is room', async () => {
  const { url, log } = await logging('trap "" XFSZ; ulimit -f 8; exec "$@" 2>> "$LOG"');
  expect(await dropped(url)).toBe(0);
  while ((await dropped(url)) === 0) await ask(url, 10);
  await truncate(log, 0);
  const before = await dropped(url);
  await ask(url, 5);
  expect(await dropped(url)).toBe(before);
  const lines = (await readFile(log, 'utf8'))
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.length).toBeGreaterThanOrEqual(6);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ message: 'request' });
});

test('a log that nobody reads costs no memory, and its lines are counted', async () => {
  const { url } = await logging('exec "$@"');
  // A line has some 350 bytes here: a pipe and what may wait have room for less than these.
  const target = `/${'x'.repeat(190)}`;
  while ((await dropped(url)) === 0)
    await Promise.all(Array.from({ length: 200 }, () => fetch(`${url}${target}`).then((r) => r.text())));
  expect(await dropped(url)).toBeGreaterThan(0);
});

test('what a stranger puts into a path stands in the log as ASCII', async () => {
  const { url, log } = await logging('exec "$@" 2>> "$LOG"');
  await exchange(
    url,
    `GET /\u009b31m\u202e\u2028%E2%80%AE HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  await fetch(`${url}/%C2%9B31m%E2%80%AE%E2%80%A8`);
  await expect.poll(async () => (await stat(log)).size).toBeGreaterThan(0);
  expect(await readFile(log, 'utf8')).toMatch(/^[\n\u0020-\u007e]+$/u);
});
