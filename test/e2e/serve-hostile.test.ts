import { request } from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { closed, connected, exchange, statusOf } from '../support/raw-http.ts';
import { serving, type Serving } from '../support/serving.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

const token = 'an-act-token-of-some-length';

async function served(): Promise<Serving> {
  const folder = await emptyStore();
  await writeRun(path.join(folder, 'reports'));
  await writeVerdict(path.join(folder, 'reports'), passedNow());
  return serving(folder, [], { FLIPGATE_TOKEN: token });
}

/** What matters: whoever scrapes is answered, before Prometheus gives up. */
async function scrapes(server: Serving): Promise<void> {
  const started = performance.now();
  const { status, text } = await server.get('/metrics');
  expect([status, text.includes('flipgate_gate_verdict{')]).toEqual([200, true]);
  expect(performance.now() - started).toBeLessThan(10_000);
}

test.each([
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/v1/gates/..%2f..%2fetc%2fpasswd',
  '/v1/gates/%2e%2e%2fhistory',
  '/reports/../flipgate.yaml',
  '//etc/passwd',
  '/\\..\\..\\etc\\passwd',
  '/%00',
  '/%',
  '/%ff%fe',
  'file:///etc/passwd',
  '*',
])('GET %s gives nothing away', async (target) => {
  const server = await served();
  const answer = await exchange(
    server.url,
    `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  expect([400, 404]).toContain(statusOf(answer));
  expect(answer).not.toMatch(/root:|stack|node_modules/u);
  await scrapes(server);
});

test('10 MB of headers are refused', async () => {
  const server = await served();
  const many = Array.from({ length: 10_000 }, (_, index) => `X-${index}: ${'x'.repeat(1000)}\r\n`).join('');
  for (const headers of [many, `X-Long: ${'x'.repeat(10_000_000)}\r\n`]) {
    const answer = await exchange(server.url, `GET /metrics HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
    expect([431, undefined]).toContain(statusOf(answer));
    await scrapes(server);
  }
  const long = await exchange(
    server.url,
    `GET /${'x'.repeat(10_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );
  expect([431, undefined]).toContain(statusOf(long));
  await scrapes(server);
});

test('a request that comes slowly is cut, its head after 5 s and its body after 10 s, and nobody waits for it', async () => {
  const server = await served();
  const heads = await Promise.all(Array.from({ length: 50 }, () => connected(server.url)));
  const body = await connected(server.url);
  const about = `Host: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n`;
  body.write(`POST /v1/alertmanager HTTP/1.1\r\n${about}\r\n`);
  const drip = setInterval(() => {
    for (const head of heads) if (head.writable) head.write('x');
    if (body.writable) body.write(' ');
  }, 200);
  try {
    await scrapes(server);
    expect(await Promise.all(heads.map((head) => closed(head, 9000)))).toEqual(Array(50).fill(true));
    await scrapes(server);
    expect(await closed(body, 9000)).toBe(true);
    await scrapes(server);
  } finally {
    clearInterval(drip);
  }
});

test('1,000 connections that say nothing keep nobody from being answered, and are cut', async () => {
  const server = await served();
  const idle: Socket[] = [];
  for (let index = 0; index < 1000; index += 100)
    idle.push(...(await Promise.all(Array.from({ length: 100 }, () => connected(server.url)))));
  await scrapes(server);
  expect((await Promise.all(idle.map((socket) => closed(socket, 15_000)))).every(Boolean)).toBe(true);
  await scrapes(server);
});

test('a body of 2 MB is refused, told beforehand or not', async () => {
  const server = await served();
  const large = JSON.stringify({ metadata: { arm: 'x'.repeat(2_000_000) } });
  for (const url of ['/v1/alertmanager', '/v1/flagger/acceptance', '/v1/flagger/rollback']) {
    for (const isTold of [true, false]) {
      const status = await post(`${server.url}${url}`, large, isTold);
      // The call that acts looks at no body before it has seen the token.
      const refusals = url === '/v1/alertmanager' ? [403, 'cut'] : [413, 'cut'];
      expect([url, isTold, refusals.includes(status)]).toEqual([url, isTold, true]);
    }
    await scrapes(server);
  }
});

/** The status, or that the connection was cut before all was sent. */
function post(url: string, body: string, isTold: boolean): Promise<number | 'cut'> {
  return new Promise((resolve) => {
    const length = isTold
      ? { 'content-length': Buffer.byteLength(body) }
      : { 'transfer-encoding': 'chunked' };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...length };
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', () => resolve('cut'));
    sent.end(body);
  });
}

test('a body that is nested beyond all measure is refused', async () => {
  const server = await served();
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect(await post(`${server.url}/v1/alertmanager`, nested, true)).toBeOneOf([400, 403]);
  const rollout = (metadata: string): Promise<number | 'cut'> =>
    post(`${server.url}/v1/flagger/acceptance`, `{"metadata": ${metadata}}`, true);
  expect(await rollout(nested)).toBeOneOf([413, 'cut']);
  expect(await rollout(`${'['.repeat(8000)}${']'.repeat(8000)}`)).toBe(400);
  await scrapes(server);
});

test.each([
  ['POST', '/metrics'],
  ['DELETE', '/metrics'],
  ['PUT', '/v1/gates/acceptance'],
  ['POST', '/v1/gates/acceptance'],
  ['GET', '/v1/flagger/acceptance'],
  ['GET', '/v1/flagger/rollback'],
  ['GET', '/v1/alertmanager'],
  ['PUT', '/v1/alertmanager'],
  ['TRACE', '/'],
  ['CONNECT', 'localhost:80'],
  ['FLIP', '/'],
])('%s %s is refused', async (method, target) => {
  const server = await served();
  const head = `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
  const status = statusOf(await exchange(server.url, head, 3000));
  expect(status === undefined || (status >= 400 && status < 500)).toBe(true);
  await scrapes(server);
});

test.each([
  ['bytes that are no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001'],
  [
    'a length that contradicts itself',
    'POST /v1/flagger/acceptance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'two lengths',
    'POST /v1/flagger/acceptance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
  ],
  [
    'a chunk without a size',
    'POST /v1/flagger/acceptance HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  ],
  [
    'a line feed in a header',
    'GET /v1/gates/acceptance HTTP/1.1\r\nHost: localhost\r\nX: a\n b: c\r\n\u0000\r\n\r\n',
  ],
])('%s: cut or refused, and no pass', async (_what, bytes) => {
  const server = await served();
  const answer = await exchange(server.url, bytes, 12_000);
  expect([400, 413, undefined]).toContain(statusOf(answer));
  await scrapes(server);
});

test('who hangs up in the middle of a request leaves nothing behind', async () => {
  const server = await served();
  for (let index = 0; index < 100; index += 1) {
    const socket = await connected(server.url);
    socket.write(
      `POST /v1/flagger/acceptance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"meta`,
    );
    socket.destroy();
  }
  await scrapes(server);
  expect((await server.stop()).code).toBe(0);
});

test('it ends with 0 while a slow request is under way, and cuts that', async () => {
  const server = await served();
  const slow = await connected(server.url);
  slow.write('POST /v1/flagger/acceptance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
  await scrapes(server);
  expect((await server.stop()).code).toBe(0);
  expect(await closed(slow, 1000)).toBe(true);
});
