import { createHash } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exchange } from '../support/raw-http.ts';
import { serving, type Serving } from '../support/serving.ts';
import { emptyStore, iso, noon, passedNow, runId, writeRun, writeVerdict } from '../support/store-files.ts';

interface Served extends Serving {
  readonly store: string;
}

async function served(...verdicts: readonly object[]): Promise<Served> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  await writeRun(store);
  for (const verdict of verdicts) await writeVerdict(store, passedNow(verdict));
  return { ...(await serving(folder)), store };
}

test('it is ready from the first run on', async () => {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  const server = await serving(folder);
  const ready = async (): Promise<readonly [number, string]> => {
    const { status, text } = await server.get('/readyz');
    return [status, text];
  };
  expect(await ready()).toEqual([503, expect.stringContaining('cannot be read')]);
  expect((await server.get('/healthz')).text).toBe('ok\n');
  await mkdir(path.join(store, runId()), { recursive: true });
  await expect.poll(ready, { timeout: 5000 }).toEqual([503, 'the store has no ended run yet\n']);
  expect((await server.get('/metrics')).status).toBe(200);
  await writeRun(store);
  await expect.poll(ready, { timeout: 5000 }).toEqual([200, 'ready\n']);
});

test('a store that is gone is 503 for scrapes and an error for gates, until it is back', async () => {
  const server = await served({});
  const all = async (): Promise<readonly unknown[]> => {
    const [metrics, page, runs, gate] = [
      await server.get('/metrics'),
      await server.get('/'),
      await server.get('/v1/runs'),
      await server.get('/v1/gates/acceptance'),
    ];
    const flagger = await server.post('/v1/flagger/acceptance', '');
    return [metrics.status, page.status, runs.status, gate.status, gate.json['verdict'], flagger.status];
  };
  const well = [200, 200, 200, 200, 'pass', 200];
  expect(await all()).toEqual(well);
  await rename(server.store, `${server.store}-away`);
  await expect.poll(all, { timeout: 5000 }).toEqual([503, 503, 503, 200, 'error', 409]);
  expect((await server.get('/metrics')).json).toEqual({ reason: expect.stringContaining('cannot be read') });
  await rename(`${server.store}-away`, server.store);
  await expect.poll(all, { timeout: 5000 }).toEqual(well);
});

test('a restart keeps the times of what was measured', async () => {
  const server = await served({});
  const times = async (from: Serving): Promise<readonly string[]> =>
    (await from.get('/metrics')).text
      .split('\n')
      .filter((line) => /^flipgate_\w+_timestamp_seconds\{.*arm="green"/u.test(line));
  const before = await times(server);
  expect(before).toContain(`flipgate_run_last_success_timestamp_seconds{arm="green"} ${noon / 1000 + 10}`);
  expect(before).toHaveLength(3);
  await server.stop();
  expect(await times(await serving(path.dirname(server.store)))).toEqual(before);
});

test.each([
  ['', 'text/plain; version=0.0.4; charset=utf-8'],
  ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
  ['text/html', 'text/plain; version=0.0.4; charset=utf-8'],
  ['application/openmetrics-text', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
  ['application/openmetrics-text;q=0, text/plain', 'text/plain; version=0.0.4; charset=utf-8'],
  [
    'application/openmetrics-text;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.4',
    'text/plain; version=0.0.4; charset=utf-8',
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  ],
])('a scraper that accepts %j gets %s', async (accept, type) => {
  const answer = await (await served()).get('/metrics', accept === '' ? {} : { accept });
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.text.endsWith('# EOF\n')).toBe(type.startsWith('application'));
});

test('a page is compressed for who takes that, and for nobody else', async () => {
  const server = await served({});
  const ask = async (encoding: string): Promise<readonly [encoded: boolean, text: string]> => {
    const head = `GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${encoding}\r\n`;
    const [top = '', ...rest] = (await exchange(server.url, head)).split('\r\n\r\n');
    const encoded = /^content-encoding: gzip$/imu.test(top);
    const bytes = Buffer.from(rest.join('\r\n\r\n'), 'latin1');
    const start = bytes.indexOf(Buffer.from([0x1f, 0x8b]));
    return [encoded, encoded ? gunzipSync(bytes.subarray(start)).toString('utf8') : bytes.toString('utf8')];
  };
  for (const encoding of ['Accept-Encoding: gzip\r\n', 'Accept-Encoding: deflate, gzip;q=0.5\r\n']) {
    const [encoded, text] = await ask(encoding);
    expect([encoded, text.includes('flipgate_build_info{')]).toEqual([true, true]);
  }
  for (const encoding of [
    '',
    'Accept-Encoding: identity\r\n',
    'Accept-Encoding: gzip;q=0\r\n',
    'Accept-Encoding: br\r\n',
  ]) {
    const [encoded, text] = await ask(encoding);
    expect([encoding, encoded, text.includes('flipgate_build_info{')]).toEqual([encoding, false, true]);
  }
});

test('hostile text stands on the page as text, and nothing may be loaded or run', async () => {
  const reason = `</td><script>alert(1)</script><img src=x onerror=alert(2)> "quoted" 'too' &amp;`;
  const page = await (await served({ reason })).get('/');
  expect(page.text).toContain(
    '&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt; &quot;quoted&quot; &#39;too&#39; &amp;amp;',
  );
  expect(page.text.match(/<script|<img/gu)).toEqual(['<script']); // ours
  const hash = (element: string): string => {
    const [, content = ''] = new RegExp(`<${element}>(.*)</${element}>`, 'su').exec(page.text) ?? [];
    return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  };
  expect(page.headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(page.text).not.toMatch(/ style=| on\w+="/u);
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'no-referrer'],
    ['cache-control', 'no-store'],
  ] as const)
    expect([name, page.headers.get(name)]).toEqual([name, value]);
});

test('the runs are listed newest first, a page at a time', async () => {
  const server = await served();
  for (let index = 1; index < 5; index += 1) await writeRun(server.store, { at: 60 * index });
  await expect
    .poll(async () => ((await server.get('/v1/runs')).json['runs'] as unknown[]).length, { timeout: 5000 })
    .toBe(5);
  const first = (await server.get('/v1/runs?limit=3')).json;
  expect(first['runs']).toEqual(
    [4, 3, 2].map((index) => ({
      id: runId({ at: 60 * index }),
      arm: 'green',
      status: 'complete',
      started_at: iso(noon + 60_000 * index),
      finished_at: iso(noon + 60_000 * index + 10_000),
      calls: 10,
    })),
  );
  const second = (await server.get(`/v1/runs?limit=3&before=${String(first['next'])}`)).json;
  expect((second['runs'] as { id: string }[]).map(({ id }) => id)).toEqual([runId({ at: 60 }), runId()]);
  expect(second).not.toHaveProperty('next');
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=1.5', 'after=x', 'limit=1&limit=2'])
    expect((await server.get(`/v1/runs?${query}`)).status).toBe(400);
});

test('an index that is asked for in words it does not know is refused, with the reason', async () => {
  const server = await served();
  expect((await server.get(`/?before=${'x'.repeat(100)}`)).status).toBe(200);
  for (const [query, reason] of [
    ['befor=x', 'befor'],
    [`before=${'x'.repeat(101)}`, 'before'],
    ['before=x&before=y', '"before" is asked for twice'],
  ] as const) {
    const answer = await server.get(`/?${query}`);
    expect([query, answer.status, answer.json['reason']]).toEqual([
      query,
      400,
      expect.stringContaining(reason),
    ]);
  }
});

const people = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

test('where a report is not written yet, a browser gets a page that says how to write it', async () => {
  const server = await served();
  const [blue, green] = [await writeRun(server.store, { arm: 'blue' }), runId()];
  await expect.poll(async () => (await server.get('/v1/runs')).text, { timeout: 5000 }).toContain(blue);
  for (const [place, says] of [
    [`/reports/${green}`, `<code>flipgate report ${green}</code>`],
    [`/comparisons/${blue}..${green}`, `<code>flipgate report ${blue} ${green}</code>`],
    [`/reports/${runId({ at: 60 })}`, 'The store has no such run'],
    [`/comparisons/${blue}..${runId({ at: 60 })}`, 'The store has no such run'],
    ['/reports/%3Cscript%3Ealert(1)', 'That is no name of a run'],
    ['/comparisons/a..b', 'That is no name of a run'],
  ] as const) {
    const answer = await server.get(place, people);
    expect([place, answer.status, answer.headers.get('content-type')]).toEqual([
      place,
      404,
      'text/html; charset=utf-8',
    ]);
    expect(answer.text).toContain(says);
    expect(answer.text).toContain('<a href="/">');
    expect(answer.text).not.toContain('<script>alert');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-.*frame-ancestors 'none'$/u,
    );
    for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }])
      expect((await server.get(place, headers)).json).toEqual({
        reason: expect.stringContaining('flipgate report writes one'),
      });
  }
});
