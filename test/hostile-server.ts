import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A server that behaves badly, one way per path. */
export interface HostileServer {
  /** `http://127.0.0.1:<port>`; append a path of `hostilePaths`. */
  readonly url: string;
  /** Accepts a connection and resets it at once. */
  readonly resetOnConnectUrl: string;
  /** Requests seen per path. */
  readonly seen: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

type Behave = (response: ServerResponse, request: IncomingMessage) => void;

const megabyte = Buffer.alloc(1024 * 1024, 0x20);
const snippet = {
  snippet_id: 'S_1',
  section_id: 'flip',
  source_url: 'a.md',
  offsets: [0, 4],
  tokens: [0, 1],
  text: 'text',
};

const json = (body: unknown): Behave => text(JSON.stringify(body));
const withSnippet = (fields: object): Behave => json({ retrieved: [{ ...snippet, ...fields }] });

function text(body: string | Buffer, headers: Readonly<Record<string, string>> = {}, status = 200): Behave {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function raw(bytes: string, after: 'end' | 'reset' | 'wait'): Behave {
  return (response) => {
    const socket = response.socket;
    socket?.write(bytes, () => {
      if (after === 'end') socket.end();
      // The pause lets the bytes arrive before the reset overtakes them.
      if (after === 'reset') setTimeout(() => socket.resetAndDestroy(), 20);
    });
  };
}

function endless(chunk: Buffer, milliseconds: number): Behave {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(chunk), milliseconds);
    response.on('close', () => clearInterval(timer));
  };
}

function pour(bytes: number, head: Readonly<Record<string, string>>, status = 200): Behave {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...head });
    let left = bytes;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= megabyte.length;
        if (!response.write(megabyte)) return void response.once('drain', more);
      }
      if (left <= 0) response.end();
    };
    more();
  };
}

function slowHeaders(response: ServerResponse): void {
  const bytes = 'HTTP/1.1 200 OK\r\nx-slow: '.padEnd(4000, 'a');
  let at = 0;
  const timer = setInterval(() => response.socket?.write(bytes.charAt(at++)), 200);
  response.on('close', () => clearInterval(timer));
}

const retryAfter = (value: string): Behave => text('{}', { 'retry-after': value }, 429);
const redirect = (status: number): Behave => text('', { location: '/fine' }, status);
const deep = (levels: number): string => `{"answer":"a","deep":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** At this path the question says, as a path in its text, how the server behaves. */
export const byQuestion = '/by-question';

/** Every behaviour by its path. */
export const hostilePaths: Readonly<Record<string, Behave>> = {
  '/fine': json({ answer: 'yes', retrieved: [snippet] }),
  '/bom': text(`\ufeff${JSON.stringify({ answer: 'yes' })}`),
  '/silent': () => undefined,
  '/slow-headers': slowHeaders,
  '/byte-a-second': endless(Buffer.from(' '), 1000),
  '/endless': endless(megabyte.subarray(0, 65536), 1),
  '/gigabyte': pour(2 ** 30, {}),
  '/gigabyte-declared': pour(2 ** 30, { 'content-length': String(2 ** 30) }),
  '/gzip-bomb': (response) => text(bomb(), { 'content-encoding': 'gzip' })(response, response.req),
  '/gzip-fine': text(gzipSync(JSON.stringify({ answer: 'yes' })), { 'content-encoding': 'gzip' }),
  '/gzip-cut': text(gzipSync(JSON.stringify({ answer: 'yes' })).subarray(0, 20), {
    'content-encoding': 'gzip',
  }),
  '/gzip-false': text('{"answer":"yes"}', { 'content-encoding': 'gzip' }),
  '/encoding-unknown': text('{"answer":"yes"}', { 'content-encoding': 'zopfli' }),
  '/reset-before-headers': (response) => void response.socket?.resetAndDestroy(),
  '/reset-in-headers': raw('HTTP/1.1 200 OK\r\ncontent-le', 'reset'),
  '/reset-after-headers': raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 'reset'),
  '/reset-mid-body': raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"answer":', 'reset'),
  '/close-before-headers': (response) => void response.socket?.end(),
  '/length-too-long': raw('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"answer":"yes"}', 'end'),
  '/chunked-cut': raw(
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"answer":"yes"}\r\n',
    'end',
  ),
  '/stops-halfway': raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"answer":', 'wait'),
  '/not-http': raw('SSH-2.0-OpenSSH_9.6\r\n', 'end'),
  '/huge-headers': raw(
    `HTTP/1.1 200 OK\r\nx-huge: ${'a'.repeat(200_000)}\r\ncontent-length: 2\r\n\r\n{}`,
    'end',
  ),
  '/early-hints': raw(
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 16\r\n\r\n{"answer":"yes"}',
    'end',
  ),
  '/html': text('<!doctype html><h1>It works</h1>', { 'content-type': 'text/html' }),
  '/empty': text(''),
  '/no-content': text('', {}, 204),
  '/json-cut': text('{"answer":"ye'),
  '/json-garbage-after': text('{"answer":"yes"} and more'),
  '/json-nan': text('{"answer":"yes","side_effects":NaN}'),
  '/json-infinite': text('{"retrieved":[{"text":"a","score":1e999}],"stages":{"retrieve":1e999}}'),
  '/json-deep': text(deep(100_000)),
  '/json-proto': text(
    '{"answer":"yes","__proto__":{"refused":true},"tool_calls":[{"name":"t","arguments":{"__proto__":{"polluted":true}}}]}',
  ),
  '/json-lone-surrogates': text('{"answer":"a\\ud800b"}'),
  '/json-latin1': text(Buffer.from('{"answer":"caf\xe9"}', 'latin1')),
  '/json-list': text('[]'),
  '/neither': json({ citations: [] }),
  '/null-fields': json({
    answer: 'yes',
    retrieved: null,
    citations: null,
    stages: null,
    versions: null,
    usage: null,
  }),
  '/snippet-without-text': json({ retrieved: [{ snippet_id: 'S_1' }] }),
  '/snippet-no-object': json({ retrieved: ['text'] }),
  '/answer-number': json({ answer: 42 }),
  '/refused-text': json({ answer: 'a', refused: 'no' }),
  '/retrieved-object': json({ retrieved: { text: 'a' } }),
  '/citations-numbers': json({ answer: 'a', citations: [1] }),
  '/stages-list': json({ answer: 'a', stages: [1, 2] }),
  '/stages-text': json({ answer: 'a', stages: { retrieve: '12ms' } }),
  '/stages-negative': json({ answer: 'a', stages: { retrieve: -1, reason: 0.5 } }),
  '/versions-number': json({ answer: 'a', versions: { PROMPT_VER: 42 } }),
  '/versions-long': json({
    answer: 'a',
    versions: { PROMPT_VER: 'x'.repeat(129), MODEL_VER: 'a\u0007b', INDEX_HASH: 'h' },
  }),
  '/tool-calls-text': json({ answer: 'a', tool_calls: 'search' }),
  '/tool-calls-nameless': json({ answer: 'a', tool_calls: [{ arguments: {} }] }),
  '/side-effects-negative': json({ answer: 'a', side_effects: -1 }),
  '/side-effects-text': json({ answer: 'a', side_effects: '1' }),
  '/dedupe-hits-half': json({ answer: 'a', dedupe_hits: 0.5 }),
  '/usage-text': json({ answer: 'a', usage: { input_tokens: '12' } }),
  '/snippet-id-number': withSnippet({ snippet_id: 7 }),
  '/section-id-list': withSnippet({ section_id: [] }),
  '/source-url-object': withSnippet({ source_url: {} }),
  '/text-number': withSnippet({ text: 1 }),
  '/score-text': withSnippet({ score: 'high' }),
  '/offsets-text': withSnippet({ offsets: '0-4' }),
  '/offsets-texts': withSnippet({ offsets: ['0', '4'] }),
  '/offsets-negative': withSnippet({ offsets: [-4, 4] }),
  '/offsets-reversed': withSnippet({ offsets: [9, 4] }),
  '/offsets-half': withSnippet({ offsets: [0.5, 4] }),
  '/offsets-three': withSnippet({ offsets: [0, 4, 8] }),
  '/snippets-10000': json({
    retrieved: Array.from({ length: 10_000 }, (_, index) => ({ ...snippet, snippet_id: `S_${index}` })),
  }),
  '/snippets-20001': json({
    retrieved: Array.from({ length: 20_001 }, (_, index) => ({ text: String(index) })),
  }),
  '/snippets-duplicate': json({ retrieved: [snippet, snippet, snippet] }),
  '/redirect-301': redirect(301),
  '/redirect-307': redirect(307),
  '/not-modified': text('', {}, 304),
  '/credentials-echoed': (response, request) =>
    text(JSON.stringify({ error: request.headers }), {}, 401)(response, request),
  '/credentials-in-answer': (response, request) =>
    json({ answer: `you sent ${JSON.stringify(request.headers)}` })(response, request),
  '/retry-after-1': retryAfter('1'),
  '/retry-after-day': retryAfter('86400'),
  '/retry-after-garbage': retryAfter('soon'),
  '/retry-after-date': (response, request) =>
    retryAfter(new Date(Date.now() + 60_000).toUTCString())(response, request),
  '/retry-after-past': retryAfter('Wed, 21 Oct 2015 07:28:00 GMT'),
  '/error-500': text('{"error":"broken"}', {}, 500),
  '/error-500-huge': pour(2 ** 28, {}, 500),
};

function bomb(): Buffer {
  // 64 MiB of blanks in 64 KiB: eight times the usual limit.
  return gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
}

/** Serves every hostile path on loopback. */
export async function startHostileServer(): Promise<HostileServer> {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    seen.set(path, (seen.get(path) ?? 0) + 1);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const behaviour = path === byQuestion ? `/${/\/(\S+)/u.exec(body)?.[1]?.split('"')[0] ?? ''}` : path;
      (hostilePaths[behaviour] ?? text('{}', {}, 404))(response, request);
    });
  });
  const resetting = createTcpServer((socket) => socket.resetAndDestroy());
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const [url, resetOnConnectUrl] = await Promise.all([listen(server), listen(resetting)]);
  return {
    url,
    resetOnConnectUrl,
    seen,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed(server), closed(resetting)]);
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server that listens has such an address
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
