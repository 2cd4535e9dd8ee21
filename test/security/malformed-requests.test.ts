import path from 'node:path';
import { expect, test } from 'vitest';
import { closed, connected, statusOf } from '../support/raw-http.ts';
import { serving } from '../support/serving.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

/** Bytes that are no request, or none that makes sense; each is sent as it is, and the connection left to the server. */
const token = 'a-token-that-nobody-may-see';

const targets = [
  '/metrics',
  '/v1/gates/acceptance',
  '/v1/gates/%00',
  '/v1/gates/..%2f..%2fetc%2fpasswd',
  '/v1/flagger/acceptance',
  '/v1/alertmanager',
  '/reports/%2e%2e/',
  '/runs?before=%ff%fe',
  `/${'a'.repeat(20_000)}`,
  '//evil.example/metrics',
];

/** What is done to a request for a target. */
const damages: readonly ((target: string) => string)[] = [
  (target) => `GET ${target} HTTP/1.1\r\n\r\n`,
  (target) => `GET ${target} HTTP/9.9\r\nhost: x\r\n\r\n`,
  (target) => `GET ${target}\r\n\r\n`,
  (target) => `GET  ${target}  HTTP/1.1\r\nhost: x\r\n\r\n`,
  (target) => `get ${target} http/1.1\nhost: x\n\n`,
  (target) => `BREW ${target} HTTP/1.1\r\nhost: x\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost : x\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: x\r\nx: \u0000\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: x\r\n${'x: y\r\n'.repeat(5000)}\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: evil.example\r\n\r\n`,
  (target) => `GET http://evil.example${target} HTTP/1.1\r\nhost: evil.example\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \u00ff\r\n\r\n`,
  (target) => `GET ${target} HTTP/1.1\r\nhost: x\r\nauthorization: ${'Bearer '.repeat(500)}\r\n\r\n`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef`,
  (target) =>
    `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  (target) =>
    `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{"`,
  (target) =>
    `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\nexpect: 200-maybe\r\ncontent-length: 1\r\n\r\n1`,
  (target) => `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 6000\r\n\r\n${'['.repeat(6000)}`,
  (target) => `OPTIONS ${target} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`,
  (target) => `CONNECT ${target} HTTP/1.1\r\nhost: x\r\n\r\n`,
  (target) => `TRACE ${target} HTTP/1.1\r\nhost: x\r\nmax-forwards: 0\r\n\r\n`,
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
];

/** What may be said to nonsense beside 2xx and 4xx: that the server does not know such a thing, or has nothing to show yet. */
const documented = new Set([501, 503, 505]);

test(
  '300 malformed requests are answered or cut, none with an error of ours, and nothing hangs or leaks',
  { timeout: 240_000 },
  async () => {
    const folder = await emptyStore();
    const store = path.join(folder, 'reports');
    for (const arm of ['blue', 'green']) await writeRun(store, { arm });
    await writeVerdict(store, passedNow());
    const server = await serving(folder, [], { FLIPGATE_TOKEN: token });
    const corpus = targets.flatMap((target) => damages.map((damage) => damage(target)));
    expect(corpus.length).toBe(300);
    const send = async (bytes: string): Promise<string | undefined> => {
      const socket = await connected(server.url);
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
      // Who says no more gets his answer, and the server ends the connection.
      socket.end(Buffer.from(bytes, 'latin1'));
      const isClosed = await closed(socket, 60_000);
      socket.destroy();
      const status = statusOf(received) ?? 400; // cut without a word
      const isFine = status < 500 || documented.has(status);
      const leaks =
        received.includes(token) || /node_modules|\bat .*\.(?:js|ts):\d+|root:x:0/u.test(received);
      return isClosed && isFine && !leaks
        ? undefined
        : `${JSON.stringify(bytes.slice(0, 80))}: ${isClosed ? '' : 'hangs '}${received.slice(0, 200)}`;
    };
    const problems: string[] = [];
    for (let start = 0; start < corpus.length; start += 20) {
      const found = await Promise.all(corpus.slice(start, start + 20).map(send));
      problems.push(...found.flatMap((problem) => problem ?? []));
    }
    expect(problems).toEqual([]);
    expect((await server.get('/healthz')).status).toBe(200);
    expect(server.stderr()).not.toMatch(/"level":"error"/u);
  },
);
