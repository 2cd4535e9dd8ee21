import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { flipgate } from '../support/cli.ts';
import { exchange, statusOf } from '../support/raw-http.ts';
import { serving, type Serving } from '../support/serving.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

const readToken = 'a-read-token-of-some-length';
const actToken = 'an-act-token-of-some-length';
const read = { authorization: `Bearer ${readToken}` };

async function folderWithRun(): Promise<string> {
  const folder = await emptyStore();
  await writeRun(path.join(folder, 'reports'));
  await writeVerdict(path.join(folder, 'reports'), passedNow());
  return folder;
}

test('it listens on loopback unless told otherwise', async () => {
  expect((await serving(await folderWithRun())).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
});

test.each(['0.0.0.0', '::', '192.0.2.7', 'example.org'])(
  'it refuses to listen on %s without a read token',
  async (host) => {
    const result = await flipgate(await folderWithRun(), ['serve', '--host', host, '--port', '0']);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain(`serving on "${host}" lets others connect, and no read token is set`);
  },
);

test('a token that can be guessed is refused', async () => {
  const result = await flipgate(await folderWithRun(), ['serve', '--port', '0'], {
    FLIPGATE_READ_TOKEN: 'short',
  });
  expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('at least 16 characters')]);
});

test('a port that another program has is told', async () => {
  const folder = await folderWithRun();
  const { port } = new URL((await serving(folder)).url);
  const result = await flipgate(folder, ['serve', '--port', port]);
  expect([result.code, result.stderr]).toEqual([
    4,
    expect.stringContaining(`cannot listen on 127.0.0.1:${port}: another program does`),
  ]);
});

describe('with a read token', () => {
  test('what probes, scrapes and switches ask is open, all else needs it', async () => {
    const folder = await folderWithRun();
    const server = await serving(folder, ['--host', '0.0.0.0'], { FLIPGATE_READ_TOKEN: readToken }).then(
      (all) => ({
        ...all,
        url: all.url.replace('0.0.0.0', '127.0.0.1'),
      }),
    );
    const status = async (url: string, init: RequestInit = {}): Promise<number> =>
      (await fetch(`${server.url}${url}`, init)).status;
    for (const url of ['/healthz', '/readyz', '/metrics', '/v1/gates/acceptance'])
      expect([url, await status(url)]).toEqual([url, 200]);
    expect(await status('/v1/flagger/acceptance', { method: 'POST' })).toBe(200);
    expect(await status('/v1/flagger/rollback', { method: 'POST' })).toBe(403);
    for (const url of [
      '/',
      '/v1/runs',
      '/openapi.json',
      '/nothing',
      '/healthz/',
      '/metrics/x',
      '//',
      '/v1/gates',
      '/v1/gates/../runs',
      '/v1/gates/%2e%2e/runs',
    ])
      expect([url, await status(url)]).toEqual([url, 401]);
    for (const url of ['/', '/v1/runs', '/openapi.json']) {
      expect([url, await status(url, { headers: read })]).toEqual([url, 200]);
      expect([url, await status(url, { headers: { authorization: `Bearer ${readToken}x` } })]).toEqual([
        url,
        401,
      ]);
    }
  });

  test('paths that are not put in order by the client get no further either', async () => {
    const server = await serving(await folderWithRun(), [], { FLIPGATE_READ_TOKEN: readToken });
    for (const target of [
      '/v1/gates/../runs',
      '/v1/gates/../../',
      '/metrics/../v1/runs',
      '/metrics?/../v1/runs',
      '/v1/gates/%2e%2e/%2e%2e/v1/runs',
      '/healthz/..',
      '/v1/gates/..;/runs',
      `http://x/v1/runs`,
    ]) {
      const answer = await exchange(
        server.url,
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect([target, answer.includes('"runs":['), answer.includes('<table')]).toEqual([
        target,
        false,
        false,
      ]);
    }
  });

  test('the token of the call that acts reads too, the read token does not act', async () => {
    const folder = await folderWithRun();
    const server = await serving(folder, [], { FLIPGATE_READ_TOKEN: readToken, FLIPGATE_TOKEN: actToken });
    expect((await server.get('/v1/runs', { authorization: `Bearer ${actToken}` })).status).toBe(200);
    expect((await server.post('/v1/alertmanager', '{}', read)).status).toBe(401);
  });
});

describe('the Host header', () => {
  const ask = (server: Serving, host: string | undefined): Promise<string> =>
    exchange(
      server.url,
      `GET /v1/runs HTTP/1.1\r\n${host === undefined ? '' : `Host: ${host}\r\n`}Connection: close\r\n\r\n`,
    );

  test('has to be an address, localhost, or a listed name', async () => {
    const folder = await folderWithRun();
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      JSON.stringify({ serve: { hosts: ['flipgate.rag.svc'] } }),
    );
    const server = await serving(folder);
    const { host } = new URL(server.url);
    for (const known of [
      host,
      'localhost',
      'LOCALHOST:9464',
      '[::1]:9464',
      '10.1.2.3',
      'flipgate.rag.svc',
      'Flipgate.rag.svc:9464',
    ])
      expect([known, statusOf(await ask(server, known))]).toEqual([known, 200]);
    for (const other of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'flipgate.rag.svc.evil.example',
      'localhost@evil.example',
      'localhost,evil.example',
      'a b',
      '',
    ])
      expect([other, [400, 403].includes(statusOf(await ask(server, other)) ?? 0)]).toEqual([other, true]);
    expect(statusOf(await ask(server, undefined))).toBe(400);
  });

  test('guards every path, also those that are open', async () => {
    const server = await serving(await folderWithRun());
    for (const target of ['/metrics', '/healthz', '/v1/gates/acceptance']) {
      const answer = await exchange(
        server.url,
        `GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      );
      expect([target, statusOf(answer)]).toEqual([target, 403]);
    }
  });
});

test('no token stands in the log, whatever is asked', async () => {
  const folder = await folderWithRun();
  const password = 'hunter2-and-more';
  const arms = {
    green: {
      kind: 'http',
      url: 'http://127.0.0.1:9/ask',
      versionsUrl: `http://user:${password}@127.0.0.1:9/v?key=${password}`,
    },
  };
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ arms, serve: { token: '${A}', readToken: '${R}' } }),
  );
  const server = await serving(folder, [], { A: actToken, R: readToken });
  for (const token of [actToken, readToken]) {
    const headers = { authorization: `Bearer ${token}` };
    for (const url of [
      '/',
      `/${token}`,
      `/v1/runs?token=${token}`,
      `/v1/gates/acceptance?arm=${token}`,
      `/%2f${encodeURIComponent(token)}`,
    ])
      await server.get(url, headers);
    await server.post('/v1/alertmanager', { token }, headers);
    await server.post('/v1/flagger/acceptance', token, headers);
  }
  await server.stop();
  expect(server.stderr()).toContain('"path":"/[redacted]"');
  for (const secret of [actToken, readToken, password]) expect(server.stderr()).not.toContain(secret);
  const entries = server
    .stderr()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(
    entries.every(({ time, level, message }) =>
      [time, level, message].every((field) => typeof field === 'string'),
    ),
  ).toBe(true);
});
