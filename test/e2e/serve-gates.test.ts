import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { serving, type Serving } from '../support/serving.ts';
import { emptyStore, iso, passedNow, runId, writeRun, writeVerdict } from '../support/store-files.ts';

const artifact = 'a'.repeat(64);
const other = 'f'.repeat(64);

/** A server over a store with one run and the verdicts that are given, without a configuration. */
async function served(...verdicts: readonly object[]): Promise<Serving & { readonly folder: string }> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  await writeRun(store);
  for (const verdict of verdicts) {
    const { gate, arm } = passedNow(verdict);
    await writeVerdict(store, passedNow(verdict), `${gate}.${arm}`);
  }
  return { ...(await serving(folder)), folder };
}

describe('GET /v1/gates answers 200 with the verdict as it may be read', () => {
  test('pass, fail and inconclusive as they are', async () => {
    const fail = [{ rule: 'coverage', verdict: 'fail', reason: 'bad' }];
    const server = await served(
      {},
      { gate: 'watch', verdict: 'fail', rules: fail },
      { gate: 'third', verdict: 'inconclusive' },
    );
    for (const [gate, verdict] of [
      ['acceptance', 'pass'],
      ['watch', 'fail'],
      ['third', 'inconclusive'],
    ] as const) {
      const answer = await server.get(`/v1/gates/${gate}?arm=green`);
      expect([answer.status, answer.json]).toMatchObject([
        200,
        { schema: 'flipgate.verdict/1', gate, arm: 'green', verdict },
      ]);
    }
    expect((await server.get('/v1/gates/acceptance')).json).toMatchObject({ arm: 'green', verdict: 'pass' });
  });

  test('and error with the reason for what it cannot say', async () => {
    const server = await served(
      {},
      { gate: 'old', expires_at: iso(Date.now() - 1000) },
      { gate: 'soon', evaluated_at: iso(Date.now() + 60_000) },
    );
    const cases: readonly (readonly [string, RegExp])[] = [
      ['acceptance?arm=blue', /has not judged arm "blue"/u],
      ['unknown?arm=green', /has not judged/u],
      ['old?arm=green', /expired/u],
      ['soon?arm=green', /future/u],
      [`acceptance?arm=green&artifact=${other}`, /is about artifact/u],
      ['acceptance?arm=green&max_age=30', /expired/u],
      ['acceptance?arm=green&max_age=0', /expired/u],
    ];
    for (const [question, reason] of cases) {
      const answer = await server.get(`/v1/gates/${question}`);
      expect([question, answer.status, answer.json['verdict']]).toEqual([question, 200, 'error']);
      expect(answer.json['reason']).toMatch(reason);
    }
  });

  test('an artifact and an age that fit are a pass; an age cannot make it hold longer', async () => {
    const server = await served({}, { gate: 'old', expires_at: iso(Date.now() - 1000) });
    expect(
      (await server.get(`/v1/gates/acceptance?arm=green&artifact=${artifact}&max_age=600`)).json['verdict'],
    ).toBe('pass');
    expect((await server.get('/v1/gates/old?arm=green&max_age=999999999')).json['verdict']).toBe('error');
  });
});

test.each([
  'acceptance?arm=green&maxage=10',
  'acceptance?arm=green&artefact=x',
  'acceptance?Arm=green',
  'acceptance?__proto__=x',
  'acceptance?constructor=x',
  'acceptance?arm=green&arm=blue',
  'acceptance?arm=',
  'acceptance?arm=..%2Fblue',
  'acceptance?arm=%zz',
  'acceptance?artifact=',
  'acceptance?artifact=abc',
  `acceptance?artifact=${artifact.toUpperCase()}`,
  'acceptance?max_age=',
  'acceptance?max_age=-1',
  'acceptance?max_age=1e9',
  'acceptance?max_age=NaN',
  'acceptance?max_age=10s',
  'Acceptance?arm=green',
  '..%2Facceptance',
  'acceptance%00',
  `${'a'.repeat(41)}`,
])('GET /v1/gates/%s is not understood: 400, and no pass', async (question) => {
  const server = await served({});
  const answer = await server.get(`/v1/gates/${question}`);
  expect([answer.status, answer.json]).toEqual([400, { verdict: 'error', reason: expect.any(String) }]);
});

describe('Flagger', () => {
  const fail = { verdict: 'fail', rules: [{ rule: 'coverage', verdict: 'fail', reason: 'bad' }] };
  const payload = (metadata: object): object => ({
    name: 'rag',
    namespace: 'default',
    phase: 'Progressing',
    metadata,
  });

  test('goes on for a pass and for nothing else', async () => {
    const server = await served({}, { gate: 'watch', ...fail }, { gate: 'third', verdict: 'inconclusive' });
    const status = async (url: string, body: string | object = ''): Promise<number> =>
      (await server.post(`/v1/flagger/${url}`, body)).status;
    expect(await status('acceptance')).toBe(200);
    expect(await status('acceptance?arm=green', payload({}))).toBe(200);
    expect(await status('acceptance', payload({ arm: 'green', artifact, max_age: '600' }))).toBe(200);
    expect(await status('acceptance', { name: 'rag', metadata: null })).toBe(200);
    for (const [url, metadata] of [
      ['watch', {}],
      ['third', {}],
      ['unknown', {}],
      ['acceptance', { arm: 'blue' }],
      ['acceptance', { artifact: other }],
      ['acceptance', { max_age: '30' }],
      [`acceptance?artifact=${other}`, { artifact }],
    ] as const)
      expect([url, await status(url, payload(metadata))]).toEqual([url, 409]);
  });

  test('is told in one sentence', async () => {
    const server = await served({ reason: 'two\nlines  of\ttext' });
    const answer = await server.post('/v1/flagger/acceptance', '');
    expect([answer.text, answer.headers.get('content-type')]).toEqual([
      'pass: two lines of text\n',
      expect.stringContaining('text/plain'),
    ]);
  });

  test.each([
    ['acceptance', 'no json'],
    ['acceptance', '[]'],
    ['acceptance', 'null'],
    ['acceptance', { metadata: { arm: 7 } }],
    ['acceptance', { metadata: 'green' }],
    ['acceptance', { metadata: { artefact: artifact } }],
    ['acceptance', { metadata: { max_age: 'soon' } }],
    ['acceptance', { metadata: { artifact: '' } }],
    ['acceptance?artifact=x', ''],
    [`acceptance?artifact=${artifact}&artifact=${artifact}`, ''],
    ['acceptance?gate=acceptance', ''],
  ])('is refused to go on by %s with %j', async (url, body) => {
    expect((await (await served({})).post(`/v1/flagger/${url}`, body)).status).toBe(400);
  });

  test('rolls back for a fresh fail and for nothing else', async () => {
    const stale = { evidence_at: iso(Date.now() - 900_000), expires_at: iso(Date.now() - 1000) };
    const server = await served(
      {},
      { gate: 'watch', ...fail },
      { gate: 'third', verdict: 'inconclusive' },
      { gate: 'old', ...fail, ...stale },
    );
    const status = async (query: string, body: string | object = ''): Promise<number> =>
      (await server.post(`/v1/flagger/rollback${query}`, body)).status;
    for (const query of ['', '?gate=watch', '?gate=watch&arm=green', `?artifact=${artifact}`])
      expect([query, await status(query)]).toEqual([query, 200]);
    for (const query of [
      '?gate=acceptance',
      '?gate=third',
      '?gate=old',
      '?gate=unknown',
      '?arm=blue',
      `?artifact=${other}`,
      '?max_age=10',
      '?gate=',
      '?gate=watch&gate=acceptance',
      '?gates=watch',
    ])
      expect([query, await status(query)]).toEqual([query, 403]);
    expect(await status('', 'no json')).toBe(403);
  });

  test('asks, and nothing acts', async () => {
    const server = await served({ gate: 'watch', ...fail });
    await server.post('/v1/flagger/rollback', '');
    expect((await server.get('/metrics')).text).not.toContain('flipgate_rollbacks_total{');
  });
});

test('a verdict that is written while the server runs is read', async () => {
  const server = await served({});
  expect((await server.get('/v1/gates/acceptance')).json['verdict']).toBe('pass');
  await writeVerdict(path.join(server.folder, 'reports'), passedNow({ verdict: 'fail' }));
  await expect
    .poll(async () => (await server.get('/v1/gates/acceptance')).json['verdict'], {
      interval: 20,
      timeout: 5000,
    })
    .toBe('fail');
  await rm(path.join(server.folder, 'reports/verdicts/acceptance.green.json'));
  await expect
    .poll(async () => (await server.get('/v1/gates/acceptance')).json['verdict'], {
      interval: 20,
      timeout: 5000,
    })
    .toBe('error');
});

test('a newer run that was aborted voids the verdict while the server runs', async () => {
  const server = await served({});
  expect((await server.post('/v1/flagger/acceptance', '')).status).toBe(200);
  await writeRun(path.join(server.folder, 'reports'), { at: 60, status: 'aborted' });
  await expect
    .poll(async () => (await server.post('/v1/flagger/acceptance', '')).status, {
      interval: 20,
      timeout: 5000,
    })
    .toBe(409);
  await writeFile(path.join(server.folder, 'reports', runId({ at: 60 }), 'run.json'), 'damaged');
  await expect
    .poll(async () => (await server.get('/v1/gates/acceptance')).json['reason'] as string, {
      interval: 20,
      timeout: 5000,
    })
    .toMatch(/damaged/u);
});
