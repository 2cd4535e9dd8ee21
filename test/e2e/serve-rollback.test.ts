import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines } from '../support/cli.ts';
import {
  alertSite as setting,
  delivery as body,
  firing as alert,
  sendAlerts as send,
} from '../support/alerts.ts';

test('of many deliveries at once one acts, the others get its result, and the server goes on answering meanwhile', async () => {
  const { start, runs, folder } = await setting('until test -e go; do sleep 0.02; done; touch blue');
  const server = await start();
  const deliveries = Promise.all(Array.from({ length: 10 }, () => send(server, body(alert()))));
  await expect.poll(runs, { interval: 20 }).toBe(1);
  expect((await server.get('/metrics')).status).toBe(200);
  await writeFile(path.join(folder, 'go'), '');
  expect((await deliveries).map(({ json }) => json['outcome'] as string)).toEqual(
    Array<string>(10).fill('done'),
  );
  expect(await runs()).toBe(1);
});

test('of two servers on one store, with twenty deliveries at once, one acts', async () => {
  const { start, runs, isOnBlue } = await setting('sleep 0.3; touch blue');
  const servers = await Promise.all([start(), start()]);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => send(servers[index % 2]!, body(alert()))),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
  expect(new Set(answers.map(({ json }) => json['outcome'] as string))).toEqual(new Set(['done', 'already']));
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
});

test('what a server that died has begun is taken up by the next one, and never beside its program', async () => {
  const { start, runs, folder, isOnBlue } = await setting(
    'echo in >> busy; until test -e go; do sleep 0.02; done; echo out >> busy; test -e first || { touch first; exit 1; }; touch blue',
  );
  const server = await start();
  const cut = send(server, body(alert())).catch(() => undefined);
  await expect.poll(runs, { interval: 20 }).toBe(1);
  server.child.kill('SIGKILL');
  await server.finished;
  await cut;
  const next = await start();
  const joined = send(next, body(alert()));
  // Its program still runs: nothing is begun beside it.
  expect((await next.get('/healthz')).status).toBe(200);
  expect(await runs()).toBe(1);
  await writeFile(path.join(folder, 'go'), '');
  expect((await joined).json['outcome']).toBe('done');
  expect([await runs(), isOnBlue()]).toEqual([2, true]);
  expect(await readFile(path.join(folder, 'busy'), 'utf8')).toBe('in\nout\nin\nout\n');
  const lines = await jsonLines(path.join(folder, 'reports/rollbacks/history.jsonl'));
  expect(lines.map(({ event, outcome }) => [event, outcome] as const)).toEqual([
    ['begun', undefined],
    ['begun', undefined],
    ['ended', 'done'],
  ]);
  expect(new Set(lines.map(({ id }) => id as string)).size).toBe(1);
});

test('a rollback that goes on when the server is told to stop is brought to its end', async () => {
  const { start, isOnBlue, runs } = await setting('sleep 0.5; touch blue');
  const server = await start();
  const delivery = send(server, body(alert()));
  await expect.poll(runs, { interval: 20 }).toBe(1);
  await server.stop();
  expect(isOnBlue()).toBe(true);
  expect((await delivery).json['outcome']).toBe('done');
});

test('a store that cannot be written stops no rollback: it is said in the answer and in the log', async () => {
  const { start, runs, folder, isOnBlue } = await setting();
  const server = await start();
  await writeFile(path.join(folder, 'reports/rollbacks'), 'a file in its place');
  const answer = await send(server, body(alert()));
  expect([answer.status, answer.json]).toEqual([
    200,
    {
      outcome: 'done',
      reason: 'rolled back, and read back',
      warnings: expect.arrayContaining([expect.stringContaining('cannot be written')]),
    },
  ]);
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
  expect(server.stderr()).toMatch(/"message":"rollback","outcome":"done".*cannot be written/u);
});
