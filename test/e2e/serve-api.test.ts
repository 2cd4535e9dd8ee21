import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { operations } from '../../src/exporter/http/operations.ts';
import { rollbackPrograms } from '../support/rollback-programs.ts';
import { serving, type Answer, type Serving } from '../support/serving.ts';
import { emptyStore, passedNow, runId, writeRun, writeVerdict } from '../support/store-files.ts';

const act = { authorization: 'Bearer an-act-token-of-some-length' };
const read = { authorization: 'Bearer a-read-token-of-some-length' };
const alert = {
  status: 'firing',
  labels: { alertname: 'FlipgateBlind', action: 'rollback' },
  startsAt: new Date(Date.now() - 60_000).toISOString(),
  fingerprint: 'f1',
};
const delivery = { version: '4', alerts: [alert] };

interface Setting {
  readonly folder: string;
  readonly store: string;
  readonly server: Serving;
}

type Ask = (setting: Setting) => Promise<Answer>;
const get =
  (url: string, headers: Readonly<Record<string, string>> = {}): Ask =>
  ({ server }) =>
    server.get(url, headers);
const post =
  (url: string, body: string | object = '', headers: Readonly<Record<string, string>> = {}): Ask =>
  ({ server }) =>
    server.post(url, body, headers);

const away =
  (ask: Ask): Ask =>
  async (setting) => {
    await rename(setting.store, `${setting.store}-away`);
    try {
      await expect.poll(async () => (await setting.server.get('/metrics')).status).toBe(503);
      return await ask(setting);
    } finally {
      await rename(`${setting.store}-away`, setting.store);
      await expect.poll(async () => (await setting.server.get('/metrics')).status).toBe(200);
    }
  };

const pair = `${runId({ arm: 'blue' })}..${runId()}`;

/** A way to every answer that the description promises. */
const ways: Readonly<Record<string, Readonly<Record<string, Ask>>>> = {
  'get /healthz': { 200: get('/healthz') },
  'get /readyz': { 200: get('/readyz'), 503: away(get('/readyz')) },
  'get /metrics': { 200: get('/metrics'), 503: away(get('/metrics')) },
  'get /v1/gates/{gate}': {
    200: get('/v1/gates/acceptance?arm=green'),
    400: get('/v1/gates/acceptance?x=y'),
  },
  'post /v1/flagger/{gate}': {
    200: post('/v1/flagger/acceptance'),
    400: post('/v1/flagger/acceptance', 'x'),
    409: post('/v1/flagger/watch'),
  },
  'post /v1/flagger/rollback': {
    200: post('/v1/flagger/rollback'),
    403: post('/v1/flagger/rollback?gate=acceptance'),
  },
  'post /v1/alertmanager': {
    200: post('/v1/alertmanager', delivery, act),
    400: post('/v1/alertmanager', {}, act),
    401: post('/v1/alertmanager', delivery),
    403: post('/v1/alertmanager', delivery, act),
    409: post(
      '/v1/alertmanager',
      { ...delivery, alerts: [{ ...alert, startsAt: '2026-11-22T12:00:00Z' }] },
      act,
    ),
    413: post('/v1/alertmanager', { ...delivery, padding: 'x'.repeat(1 << 24) }, act),
    503: post('/v1/alertmanager', { ...delivery, alerts: [{ ...alert, fingerprint: 'f2' }] }, act),
  },
  'get /v1/runs': {
    200: get('/v1/runs', read),
    400: get('/v1/runs?limit=0', read),
    401: get('/v1/runs'),
    503: away(get('/v1/runs', read)),
  },
  'get /reports/{run}': {
    200: get(`/reports/${runId()}`, read),
    401: get(`/reports/${runId()}`),
    404: get('/reports/none', read),
  },
  'get /comparisons/{pair}': {
    200: get(`/comparisons/${pair}`, read),
    401: get(`/comparisons/${pair}`),
    404: get('/comparisons/none..none', read),
  },
  'get /': { 200: get('/', read), 400: get('/?befor=x', read), 401: get('/'), 503: away(get('/', read)) },
  'get /openapi.json': { 200: get('/openapi.json', read), 401: get('/openapi.json') },
};

/** `command` moves traffic or does not. */
async function start(rollback: 'works' | 'fails' | 'none'): Promise<Setting> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  const { settings } = rollbackPrograms(folder, rollback === 'works' ? undefined : 'true');
  const serve = { token: act.authorization.slice(7), readToken: read.authorization.slice(7) };
  // The gates are the verdicts' own: what is configured of them would be compared with these.
  const gates = { acceptance: { maxAgeSeconds: 3600 } };
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ gates, serve, ...(rollback === 'none' ? {} : { rollback: settings }) }),
  );
  await writeRun(store);
  return { folder, store, server: await serving(folder, ['--config', path.join(folder, 'flipgate.yaml')]) };
}

/** Without a configuration file nothing is known of the gates. */
async function startUnconfigured(): Promise<Setting> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  await writeRun(store);
  for (const place of [runId(), `comparisons/${pair}`]) {
    await mkdir(path.join(store, place), { recursive: true });
    await writeFile(path.join(store, place, 'report.html'), '<!doctype html><title>a report</title>');
  }
  await writeVerdict(store, passedNow());
  await writeVerdict(
    store,
    passedNow({
      gate: 'watch',
      verdict: 'fail',
      rules: [{ rule: 'coverage', verdict: 'fail', reason: 'bad' }],
    }),
    'watch.green',
  );
  return {
    folder,
    store,
    server: await serving(folder, [], { FLIPGATE_READ_TOKEN: read.authorization.slice(7) }),
  };
}

function settingFor(path_: string, status: string): Promise<Setting> {
  if (path_ !== '/v1/alertmanager') return startUnconfigured();
  return start(status === '503' ? 'fails' : status === '403' ? 'none' : 'works');
}

const promised = operations.flatMap(({ method, path: url, answers, security }) =>
  [...Object.keys(answers), ...(security === 'read' ? ['401'] : [])].map((status) => ({
    key: `${method} ${url}`,
    url,
    status,
  })),
);

test.each(promised)('$key answers $status as it is described', async ({ key, url, status }) => {
  const setting = await settingFor(url, status);
  const description = (await setting.server.get('/openapi.json', read)).json;
  const [method = '', place = ''] = key.split(' ');
  const { content } = description['paths'][place][method].responses[status] as {
    content: Record<string, { schema: object }>;
  };
  const answer = await ways[key]![status]!(setting);
  expect(answer.status).toBe(Number(status));
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  expect(Object.keys(content)).toContain(type);
  if (type !== 'application/json') expect(answer.text).not.toBe('');
  else
    expect(
      z.fromJSONSchema(content[type]!.schema as z.core.JSONSchema.JSONSchema).safeParse(answer.json),
    ).toMatchObject({ success: true });
});

test('there is a way to every answer that is described, and to no other', () => {
  const known = Object.entries(ways).flatMap(([key, byStatus]) =>
    Object.keys(byStatus).map((status) => `${key} ${status}`),
  );
  expect(known.toSorted()).toEqual(promised.map(({ key, status }) => `${key} ${status}`).toSorted());
});

test('the description that ships is the one that is served', async () => {
  const { server } = await start('none');
  const shipped: unknown = JSON.parse(await readFile(new URL('../../openapi.json', import.meta.url), 'utf8'));
  expect((await server.get('/openapi.json', read)).json).toEqual(shipped);
});
