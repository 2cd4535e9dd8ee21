import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { alertSite, bearer, delivery, firing, sendAlerts, type AlertSite } from '../support/alerts.ts';
import { connected } from '../support/raw-http.ts';
import type { Serving } from '../support/serving.ts';
import { runId } from '../support/store-files.ts';

/** Opens connections, some at a time, and says on each what is to be said. */
async function connections(server: Serving, count: number, said = ''): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, () => connected(server.url));
    for (const socket of await Promise.all(some)) {
      socket.pause();
      if (said !== '') socket.write(said);
      sockets.push(socket);
    }
  }
  return sockets;
}

/** The most memory that it ever had; where the system does not tell, none. */
async function megabytes({ child }: Serving): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1]) / 1024;
}

/** Green has traffic again, an alert comes: whoever else holds on, it is acted on. */
async function actsWithin(site: AlertSite, server: Serving, seconds: number): Promise<void> {
  await site.goGreen();
  const started = performance.now();
  const { status, json } = await sendAlerts(server, delivery(firing()));
  expect([status, json['outcome'], site.isOnBlue()]).toEqual([200, 'done', true]);
  expect((performance.now() - started) / 1000).toBeLessThan(seconds);
}

const openBody = (target: string, headers = ''): string =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"alerts": [${' '.repeat(15_000)}`;

const about = (server: Serving): string => new URL(server.url).host;

test('8,192 connections that say nothing keep no alert out', async () => {
  const site = await alertSite();
  const server = await site.start();
  await connections(server, 8192);
  await actsWithin(site, server, 10);
  expect(await megabytes(server)).toBeLessThan(200);
});

test('1,000 idle connections keep no alert out of a process with 1,024 descriptors', async () => {
  const site = await alertSite();
  const server = await site.start(1024);
  const ask = `GET /healthz HTTP/1.1\r\nHost: ${about(server)}\r\n\r\n`;
  await connections(server, 1000, ask);
  await actsWithin(site, server, 10);
  expect(server.stderr()).not.toMatch(/EMFILE/u);
});

test.each(['/v1/alertmanager', '/v1/flagger/acceptance'])(
  '600 bodies that do not end, at %s, cost little and keep no alert out',
  async (target) => {
    const site = await alertSite();
    const server = await site.start();
    await connections(server, 600, openBody(target));
    await actsWithin(site, server, 10);
    expect(await megabytes(server)).toBeLessThan(200);
  },
);

test('40 readers that take nothing of a page of 16 MB cost little and keep no alert out', async () => {
  const site = await alertSite();
  const page = path.join(site.folder, 'reports', runId(), 'report.html');
  await writeFile(page, `<!doctype html>${'x'.repeat(16_000_000)}`);
  const server = await site.start();
  const readers = await connections(
    server,
    40,
    `GET /reports/${runId()} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );
  await Promise.all(readers.map((socket) => once(socket, 'readable')));
  await actsWithin(site, server, 10);
  expect(await megabytes(server)).toBeLessThan(200);
});

test('whoever acts is cut for nobody, and who only listens is', async () => {
  const site = await alertSite('while [ ! -e go ]; do sleep 0.05; done; touch blue');
  const server = await site.start(300);
  const acting = sendAlerts(server, delivery(firing()), bearer);
  await expect.poll(() => site.runs(), { timeout: 30_000 }).toBe(1);
  await connections(server, 200);
  await writeFile(path.join(site.folder, 'go'), '');
  expect((await acting).json).toMatchObject({ outcome: 'done' });
});
