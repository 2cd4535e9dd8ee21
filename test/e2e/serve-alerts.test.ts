import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines } from '../support/cli.ts';
import { rollbackPrograms, type RollbackPrograms } from '../support/rollback-programs.ts';
import { serving, type Answer, type Serving } from '../support/serving.ts';
import { emptyStore, writeRun } from '../support/store-files.ts';

const token = 'a-token-of-more-than-16-characters';
const bearer = { authorization: `Bearer ${token}` };

interface Setting extends RollbackPrograms {
  readonly folder: string;
  start(): Promise<Serving>;
}

async function setting(command?: string): Promise<Setting> {
  const folder = await emptyStore();
  const programs = rollbackPrograms(folder, command);
  const { settings } = programs;
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ rollback: settings, serve: { token: '${ACT_TOKEN}' } }),
  );
  await writeRun(path.join(folder, 'reports'));
  return { ...programs, folder, start: () => serving(folder, [], { ACT_TOKEN: token }) };
}

function alert(more: object = {}, labels: object = {}): object {
  return {
    status: 'firing',
    labels: { alertname: 'FlipgateBreach', action: 'rollback', arm: 'green', ...labels },
    annotations: { summary: 'coverage 0.5' },
    startsAt: '2026-11-22T12:00:00.123456789Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus/graph',
    fingerprint: '0f1e2d3c4b5a6978',
    ...more,
  };
}

/** What Alertmanager 0.2x sends. */
function body(...alerts: readonly object[]): object {
  const group = {
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'flipgate',
    groupLabels: {},
    commonLabels: {},
  };
  return { version: '4', ...group, commonAnnotations: {}, externalURL: 'http://alertmanager', alerts };
}

const send = (
  server: Serving,
  what: string | object,
  headers: Readonly<Record<string, string>> = bearer,
): Promise<Answer> => server.post('/v1/alertmanager', what, headers);

test('a firing alert rolls back once, however often it comes, also after a restart', async () => {
  const { start, runs, isOnBlue, goGreen, folder } = await setting();
  const server = await start();
  const first = await send(server, body(alert()));
  expect([first.status, first.json]).toEqual([
    200,
    { outcome: 'done', reason: 'rolled back, and read back' },
  ]);
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
  await goGreen();
  expect(
    (
      await send(
        server,
        body(alert({ fingerprint: '0F1E2D3C4B5A6978', startsAt: '2026-11-22T13:00:00.123+01:00' })),
      )
    ).json['outcome'],
  ).toBe('repeated');
  await server.stop();
  const again = await start();
  expect((await send(again, body(alert()))).json['outcome']).toBe('repeated');
  expect(await runs()).toBe(1);
  expect((await again.get('/metrics')).text).toContain(
    'flipgate_rollbacks_total{pointer="edge",trigger="alertmanager",outcome="done"} 1\n',
  );
  expect((await send(again, body(alert({ startsAt: '2026-11-22T14:00:00Z' })))).json['outcome']).toBe('done');
  expect(
    (await jsonLines(path.join(folder, 'reports/rollbacks/history.jsonl'))).map(
      ({ causes }) => causes as unknown,
    ),
  ).toEqual([['0f1e2d3c4b5a6978 2026-11-22T12:00:00.123Z'], ['0f1e2d3c4b5a6978 2026-11-22T14:00:00.000Z']]);
});

test('traffic on Blue already is a success without action', async () => {
  const { start, runs, folder } = await setting();
  await writeFile(path.join(folder, 'blue'), '');
  const answer = await send(await start(), body(alert()));
  expect([answer.status, answer.json['outcome'], await runs()]).toEqual([200, 'already', 0]);
});

test('a rollback without effect is 503, and tried again', async () => {
  const { start, runs, folder } = await setting('test -e mended && touch blue; true');
  const server = await start();
  const failed = await send(server, body(alert()));
  expect([failed.status, failed.json['outcome']]).toEqual([503, 'failed']);
  await writeFile(path.join(folder, 'mended'), '');
  const done = await send(server, body(alert()));
  expect([done.status, done.json['outcome'], await runs()]).toEqual([200, 'done', 2]);
  const page = (await server.get('/metrics')).text;
  for (const outcome of ['done', 'failed'])
    expect(page).toContain(`trigger="alertmanager",outcome="${outcome}"} 1\n`);
});

test('alerts that are not meant are ignored', async () => {
  const { start, runs } = await setting();
  const server = await start();
  for (const other of [
    alert({ status: 'resolved' }),
    alert({}, { alertname: 'Watchdog' }),
    alert({}, { alertname: undefined }),
    alert({}, { action: undefined }),
    alert({}, { action: 'page' }),
  ]) {
    const answer = await send(server, body(other));
    expect([answer.status, answer.json['outcome']]).toEqual([200, 'ignored']);
  }
  expect(await runs()).toBe(0);
  expect(
    (await send(server, body(alert({ status: 'resolved' }), alert({ fingerprint: 'a1' })))).json['outcome'],
  ).toBe('done');
});

test('without the right token nothing acts', async () => {
  const { start, runs } = await setting();
  const server = await start();
  for (const authorization of [
    '',
    token,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Basic ${token}`,
    'Bearer',
    'Bearer undefined',
    `Bearer ${token} ${token}`,
  ]) {
    const answer = await send(server, body(alert()), authorization === '' ? {} : { authorization });
    expect([authorization, answer.status, answer.headers.get('www-authenticate')]).toEqual([
      authorization,
      401,
      'Bearer realm="flipgate"',
    ]);
  }
  expect((await server.get('/v1/alertmanager', bearer)).status).toBe(404);
  expect(await runs()).toBe(0);
});

test.each<[what: string, sent: string | object]>([
  ['no JSON', '{"version": "4"'],
  ['nothing', ''],
  ['another version', { ...body(alert()), version: '3' }],
  ['no alerts', body()],
  ['more alerts than anybody sends', body(...Array.from({ length: 1001 }, () => alert()))],
  ['an alert without a status', body(alert({ status: undefined }))],
  ['an alert without a start', body(alert({ startsAt: undefined }))],
  ['an alert with a start that is none', body(alert({ startsAt: 'yesterday' }))],
  ['an alert with a fingerprint that is none', body(alert({ fingerprint: '../../x' }))],
  ['an alert without a fingerprint', body(alert({ fingerprint: undefined }))],
  ['labels that are no texts', body(alert({}, { severity: 7 }))],
  ['one good alert and one that is none', body(alert(), { status: 'firing' })],
])('%s is no body of Alertmanager: 400, and nothing acts', async (_what, sent) => {
  const { start, runs } = await setting();
  const answer = await send(await start(), sent);
  expect([answer.status, answer.json]).toEqual([
    400,
    { reason: expect.stringContaining('not what Alertmanager sends') },
  ]);
  expect(await runs()).toBe(0);
});

test('of many deliveries at once one acts, and the server goes on answering meanwhile', async () => {
  const { start, runs } = await setting('sleep 0.5; touch blue');
  const server = await start();
  const deliveries = Promise.all(Array.from({ length: 10 }, () => send(server, body(alert()))));
  await expect.poll(runs, { interval: 20 }).toBe(1);
  expect((await server.get('/metrics')).status).toBe(200);
  const outcomes = (await deliveries).map(({ json }) => json['outcome'] as string);
  expect(outcomes.toSorted()).toEqual(['done', ...Array<string>(9).fill('repeated')]);
  expect(await runs()).toBe(1);
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

test('a history that cannot be written is told with 503, and the rollback is not repeated', async () => {
  const { start, runs, folder } = await setting();
  const server = await start();
  await writeFile(path.join(folder, 'reports/rollbacks'), 'a file in its place');
  const answer = await send(server, body(alert()));
  expect([answer.status, answer.json['reason']]).toEqual([503, expect.stringContaining('cannot be written')]);
  expect((await send(server, body(alert()))).json['outcome']).toBe('repeated');
  expect(await runs()).toBe(1);
});

test('without a token, or without a rollback, every alert is refused', async () => {
  const { folder, settings } = await setting();
  const file = path.join(folder, 'flipgate.yaml');
  await writeFile(file, JSON.stringify({ rollback: settings }));
  const without = await send(await serving(folder), body(alert()));
  expect([without.status, without.json['reason']]).toEqual([
    403,
    expect.stringContaining('no token is configured'),
  ]);
  await writeFile(file, JSON.stringify({ serve: { token } }));
  expect((await send(await serving(folder), body(alert()))).json['reason']).toBe('no rollback is configured');
});

test('a configured rollback that names no program is refused at the start', async () => {
  const folder = await emptyStore();
  await mkdir(path.join(folder, 'reports'));
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ rollback: { command: [''], verify: { command: ['true'] } } }),
  );
  await expect(serving(folder)).rejects.toThrow(/names no program/u);
});
