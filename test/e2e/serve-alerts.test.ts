import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines } from '../support/cli.ts';
import {
  alertSite as setting,
  delivery as body,
  firing as alert,
  sendAlerts as send,
  secondsAgo,
  bearer,
  token,
} from '../support/alerts.ts';
import { serving } from '../support/serving.ts';
import { emptyStore } from '../support/store-files.ts';

test('a firing alert rolls back; where traffic is on Green again the same alert rolls back again, also after a restart', async () => {
  const { start, runs, isOnBlue, goGreen, folder } = await setting();
  const [sent, again] = [body(alert()), body(alert({ fingerprint: '0F1E2D3C4B5A6978' }))];
  let server = await start();
  const first = await send(server, sent);
  expect([first.status, first.json]).toEqual([
    200,
    { outcome: 'done', reason: 'rolled back, and read back' },
  ]);
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
  // Alertmanager tells of it again and again.
  for (const repeat of [sent, again, sent])
    expect((await send(server, repeat)).json['outcome']).toBe('already');
  await goGreen();
  expect((await send(server, again)).json['outcome']).toBe('done');
  expect([await runs(), isOnBlue()]).toEqual([2, true]);
  await server.stop();
  await goGreen();
  server = await start();
  expect((await send(server, sent)).json['outcome']).toBe('done');
  expect([await runs(), isOnBlue()]).toEqual([3, true]);
  expect((await server.get('/metrics')).text).toContain(
    'flipgate_rollbacks_total{pointer="edge",trigger="alertmanager",outcome="done"} 3\n',
  );
  const lines = await jsonLines(path.join(folder, 'reports/rollbacks/history.jsonl'));
  expect(lines.map(({ event }) => event as unknown)).toEqual(Array(3).fill(['begun', 'ended']).flat());
});

test('what came of every post is counted from the start', async () => {
  const { start, goGreen } = await setting();
  const server = await start();
  const counted = async (): Promise<readonly string[]> =>
    [
      ...(await server.get('/metrics')).text.matchAll(
        /^flipgate_alert_actions_total\{outcome="(\w+)"\} (\d+)$/gmu,
      ),
    ].map(([, outcome, count]) => `${outcome} ${count}`);
  expect(await counted()).toEqual(['done 0', 'already 0', 'failed 0', 'refused 0', 'ignored 0']);
  await send(server, body(alert()));
  await send(server, body(alert()));
  await goGreen();
  await send(server, body(alert({ startsAt: secondsAgo(3600) })));
  await send(server, body(alert({ status: 'resolved' })));
  expect(await counted()).toEqual(['done 1', 'already 1', 'failed 0', 'refused 1', 'ignored 1']);
});

test('an alert that fires for long, or that is about Blue, does not act: 409 with the reason', async () => {
  const { start, runs } = await setting();
  const server = await start();
  for (const [old, reason] of [
    [alert({ startsAt: secondsAgo(601) }), 'more than 10 minutes ago'],
    [alert({ startsAt: '2026-11-22T12:00:00.123456789Z' }), 'more than 10 minutes ago'],
    [alert({}, { arm: 'blue' }), 'the alert is about "blue"'],
  ] as const) {
    const answer = await send(server, body(old));
    expect([answer.status, answer.json]).toEqual([
      409,
      { outcome: 'refused', reason: expect.stringContaining(reason) },
    ]);
  }
  expect(await runs()).toBe(0);
  // One that is recent is enough, and a batch is one rollback.
  const batch = body(
    alert({ startsAt: secondsAgo(3600) }),
    alert({ fingerprint: 'a1' }),
    alert({ fingerprint: 'a2' }),
  );
  expect((await send(server, batch)).json['outcome']).toBe('done');
  expect(await runs()).toBe(1);
});

test('traffic on Blue already is a success without action', async () => {
  const { start, runs, folder } = await setting();
  await writeFile(path.join(folder, 'blue'), '');
  const answer = await send(await start(), body(alert()));
  expect([answer.status, answer.json['outcome'], await runs()]).toEqual([200, 'already', 0]);
});

test('a rollback without effect is 503, and tried again', async () => {
  const { start, runs, folder } = await setting('test -e fixed && touch blue; true');
  const server = await start();
  const failed = await send(server, body(alert()));
  expect([failed.status, failed.json['outcome']]).toEqual([503, 'failed']);
  await writeFile(path.join(folder, 'fixed'), '');
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
  ['an alert without a start', body(alert({ startsAt: undefined }))],
  ['an alert with a start that is none', body(alert({ startsAt: 'yesterday' }))],
  ['an alert with a fingerprint that is none', body(alert({ fingerprint: '../../x' }))],
  ['an alert without a fingerprint', body(alert({ fingerprint: undefined }))],
  ['an arm that is no text', body(alert({}, { arm: 7 }))],
])('%s is no body of Alertmanager: 400, and nothing acts', async (_what, sent) => {
  const { start, runs } = await setting();
  const answer = await send(await start(), sent);
  expect([answer.status, answer.json]).toEqual([
    400,
    { reason: expect.stringContaining('not what Alertmanager sends') },
  ]);
  expect(await runs()).toBe(0);
});

test.each<[what: string, others: readonly unknown[]]>([
  ['an alert without a status', [alert({ status: undefined })]],
  [
    'labels that are no texts',
    [alert({}, { alertname: 'Odd', severity: 7 }), { status: 'firing' }, null, 'x'],
  ],
  ['an alert of ours that is damaged', [alert({ startsAt: 'yesterday' })]],
  ['more alerts than anybody sends', Array.from({ length: 5000 }, () => alert({}, { alertname: 'Other' }))],
])('an alert that is meant acts, whatever comes with it: %s', async (_what, others) => {
  const { start, runs } = await setting();
  const answer = await send(await start(), { ...body(), alerts: [...others, alert()] });
  expect([answer.status, answer.json['outcome'], await runs()]).toEqual([200, 'done', 1]);
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
