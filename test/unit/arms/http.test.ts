import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/scoring/answer.ts';
import { askOnce, matching, openWith, request, secondsOf } from './arm-fixtures.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(
  answer: (response: ServerResponse, seen: Seen) => void,
): Promise<{ url: string; seen: Seen[]; server: Server }> {
  const seen: Seen[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      const one = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body };
      seen.push(one);
      answer(response, one);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

const say =
  (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(200, headers).end(JSON.stringify(body));
  };

async function askWith(settings: Readonly<Record<string, unknown>>): Promise<Answer> {
  const arm = await openWith({ kind: 'http', ...settings });
  const answer = await askOnce(arm);
  await arm.close();
  return answer;
}

describe('the request of an http arm', () => {
  test('is by default a POST of question and seed with trace and idempotency headers', async () => {
    const { url, seen } = await serve(say({ answer: 'yes' }));
    await askWith({ url: `${url}/ask` });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/ask',
      body: JSON.stringify({ question: request.question, seed: 7 }),
    });
    expect(seen[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      traceparent: request.traceparent,
      'idempotency-key': request.idempotency_key,
      'user-agent': 'flipgate/0.1.0',
    });
    expect(seen[0]?.headers['accept-encoding']).toBeUndefined();
  });

  test('fills values, keeps their types, and never lets a question change the JSON around it', async () => {
    const { url, seen } = await serve(say({ answer: 'yes' }));
    const body = {
      q: 'Q: {{question}}',
      list: ['{{seed}}', '{{ phrasing }}', 3, null, true],
      nested: { id: '{{question_id}}', trace: '{{trace_id}}' },
    };
    await askWith({ url, body });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      q: 'Q: When is "Green" ready?',
      list: [7, 0, 3, null, true],
      nested: { id: 'Q_1', trace: 'b'.repeat(32) },
    });
  });

  test('can be a GET with everything URL-encoded in its path and query, and no body', async () => {
    const { url, seen } = await serve(say({ answer: 'yes' }));
    const arm = await openWith({
      kind: 'http',
      method: 'GET',
      url: `${url}/ask/{{question_id}}?q={{question}}&seed={{seed}}`,
    });
    await askOnce(arm, { question_id: '../x', question: 'a&b=c?\ud800' });
    await arm.close();
    expect(seen[0]).toMatchObject({
      method: 'GET',
      url: '/ask/..%2Fx?q=a%26b%3Dc%3F%EF%BF%BD&seed=7',
      body: '',
    });
    expect(seen[0]?.headers['content-type']).toBeUndefined();
  });

  test('sends configured headers over its own, and user info of the URL as Basic credentials', async () => {
    const { url, seen } = await serve(say({ answer: 'yes' }));
    await askWith({
      url: url.replace('//', '//me:p%40ss@'),
      headers: { Accept: '*/*', 'x-call': '{{question_id}}/{{seed}}' },
    });
    expect(seen[0]?.headers).toMatchObject({
      accept: '*/*',
      'x-call': 'Q_1/7',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  test.each([
    [{ url: 'ask' }, /is not a URL/],
    [{ url: 'ftp://host/' }, /scheme "ftp:"/],
    [{ url: 'http://{{question_id}}.host/' }, /placeholder before its path/],
    [{ url: 'http://host/{{qestion}}' }, /"\{\{qestion\}\}" in the url of arm "green" is not known/],
    [{ url: 'http://host/', body: { a: ['{{sed}}'] } }, /"\{\{sed\}\}" in the body of arm "green".a\[0\]/],
    [{ url: 'http://host/', method: 'GET', body: {} }, /has a body and the method "GET"/],
    [{ url: 'http://host/', headers: { 'content-length': '3' } }, /cannot be set/],
    [{ url: 'http://host/', headers: { 'x y': '3' } }, /no header name/],
    [{ url: 'http://host/', headers: { 'x-key': 'se\ncret' } }, /holds a character that no header may have/],
    [{ url: 'http://host/', response: { answer: 'a[' } }, /is no JMESPath expression: "a\["/],
    [{ url: 'http://host/', response: { answer: 'foo(a)' } }, /is no JMESPath expression: "foo\(a\)"/],
  ])('is refused when it is opened: %j', async (settings, message) => {
    await expect(openWith({ kind: 'http', ...settings })).rejects.toMatchObject({
      name: 'UserError',
      message: matching(message),
    });
  });

  test('refuses unknown keys', async () => {
    await expect(openWith({ kind: 'http', url: 'http://host/', adress: 1 })).rejects.toThrow(/adress/);
  });
});

describe('the response of an http arm', () => {
  test('is read in the contract shape', async () => {
    const body = {
      answer: 'a',
      retrieved: [
        {
          snippet_id: 'S',
          section_id: 'x',
          source_url: 'u',
          offsets: [0, 1],
          tokens: [0, 1],
          text: 't',
          score: 0.5,
          extra: 1,
        },
      ],
      citations: ['S'],
      stages: { retrieve: 0.1, other: 9 },
      versions: { INDEX_HASH: 'h' },
      tool_calls: [{ name: 'n', arguments: { a: 1 } }],
      side_effects: 2,
      dedupe_hits: 1,
      usage: { input_tokens: 3, output_tokens: 4 },
      refused: false,
    };
    const { url } = await serve(say(body));
    const { extra: _, ...snippet } = body.retrieved[0] ?? {};
    expect(await askWith({ url })).toMatchObject({
      outcome: 'ok',
      status: 200,
      response: { ...body, retrieved: [snippet], stages: { retrieve: 0.1 } },
      findings: [],
    });
  });

  test('notes missing contract fields of snippets once each', async () => {
    const { url } = await serve(say({ retrieved: [{ text: 'a' }, { text: 'b' }] }));
    const answer = await askWith({ url });
    expect(answer).toMatchObject({
      findings: ['snippet_id', 'section_id', 'source_url', 'offsets', 'tokens'].map((field) => ({
        code: 'snippet_field_missing',
        field,
      })),
    });
  });

  test('is mapped by expressions; what has none is read under its own name, null switches a field off', async () => {
    const { url } = await serve(
      say({
        result: { text: 'yes', docs: [{ id: 'S_1', body: 'b', sec: 's' }] },
        usage: 'foreign',
        side_effects: 3,
      }),
    );
    const response = {
      answer: 'result.text',
      retrieved: 'result.docs[*].{snippet_id: id, text: body, section_id: sec}',
      usage: null,
    };
    expect(await askWith({ url, response })).toMatchObject({
      outcome: 'ok',
      response: {
        answer: 'yes',
        retrieved: [{ snippet_id: 'S_1', text: 'b', section_id: 's' }],
        side_effects: 3,
      },
    });
  });

  test('is a shape fault where the expression for answer or retrieved finds nothing', async () => {
    const { url } = await serve(say({ text: 'yes' }));
    expect(await askWith({ url, response: { answer: 'result.text' } })).toMatchObject({
      outcome: 'shape',
      message: 'the expression for answer found nothing',
    });
    expect(await askWith({ url, response: { answer: 'text', retrieved: 'docs[*]' } })).toMatchObject({
      outcome: 'shape',
    });
    expect(await askWith({ url, response: { answer: 'text', citations: 'docs[*]' } })).toMatchObject({
      outcome: 'ok',
    });
    expect(await askWith({ url, response: { answer: 'sum(text)' } })).toMatchObject({
      outcome: 'shape',
      message: 'the expression for answer failed on this response',
    });
    expect(await askWith({ url, response: { answer: 'constructor' } })).toMatchObject({ outcome: 'shape' });
  });

  test('takes stages from Server-Timing only where the body has none', async () => {
    const timing = {
      'server-timing': 'cache;desc="a,b;dur=9", retrieve;dur=12, rerank;desc=x;dur=4.5, reason;dur=-3',
    };
    const { url } = await serve((response, seen) =>
      say({ answer: 'a', ...(seen.url === '/body' ? { stages: { reason: 1 } } : {}) }, timing)(response),
    );
    expect(await askWith({ url: `${url}/body` })).toMatchObject({ response: { stages: { reason: 1 } } });
    expect(await askWith({ url })).toMatchObject({
      response: { stages: { retrieve: 0.012, rerank: 0.0045 } },
      findings: [{ code: 'stage_invalid', field: 'reason' }],
    });
  });

  test('takes versions from the body, then from headers, then from versionsUrl', async () => {
    const { url, seen } = await serve((response, { url: path }) => {
      const answer = say(
        { answer: 'a', versions: { INDEX_HASH: 'from-body' } },
        { 'X-Index_Hash': 'from-header', 'x-prompt-ver': 'from-header' },
      );
      const versions = say({ INDEX_HASH: 'from-url', PROMPT_VER: 'from-url', MODEL_VER: 'from-url' });
      (path === '/versions' ? versions : answer)(response);
    });
    const arm = await openWith({
      kind: 'http',
      url: `${url}/ask`,
      versionsUrl: `${url}/versions`,
      headers: { 'x-key': 'k' },
    });
    const expected = { INDEX_HASH: 'from-body', PROMPT_VER: 'from-header', MODEL_VER: 'from-url' };
    expect(await askOnce(arm)).toMatchObject({ response: { versions: expected } });
    expect(await askOnce(arm)).toMatchObject({ response: { versions: expected } });
    expect(seen.filter((one) => one.url === '/versions')).toHaveLength(1);
    expect(seen.find((one) => one.url === '/versions')?.headers['x-key']).toBe('k');
    expect(await arm.versions?.({ signal: AbortSignal.timeout(5000) })).toEqual({
      INDEX_HASH: 'from-url',
      PROMPT_VER: 'from-url',
      MODEL_VER: 'from-url',
    });
    await arm.close();
  });

  test('says so when versionsUrl does not tell, and versions() rejects', async () => {
    const { url } = await serve((response, { url: path }) =>
      path === '/versions' ? response.writeHead(500).end() : say({ answer: 'a' })(response),
    );
    const arm = await openWith({ kind: 'http', url, versionsUrl: `${url}/versions` });
    expect(await askOnce(arm)).toMatchObject({ outcome: 'ok', findings: [{ code: 'versions_unavailable' }] });
    await expect(arm.versions?.({ signal: AbortSignal.timeout(5000) })).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 4,
    });
    await arm.close();
  });

  test('does not show the headers of one origin to the versionsUrl of another', async () => {
    const { url } = await serve(say({ answer: 'a' }));
    const other = await serve(say({ INDEX_HASH: 'h' }));
    await askWith({ url, versionsUrl: other.url, headers: { authorization: 'Bearer x' } });
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  test('is timed from the request that is written to its last byte, without the wait for a connection', async () => {
    const { url } = await serve((response) => {
      response.writeHead(200).write('{"answer":');
      setTimeout(() => response.end('"yes"}'), 150);
    });
    const answer = await askWith({ url });
    const seconds = secondsOf(answer);
    expect(seconds).toBeGreaterThan(0.14);
    expect(seconds).toBeLessThan(1.5);
  });
});

describe('the connections of an http arm', () => {
  test('are kept for the next call, and destroyed after a fault', async () => {
    const { url, server } = await serve((response, { url: path }) =>
      path === '/bad' ? response.writeHead(500).end() : say({ answer: 'a' })(response),
    );
    let connections = 0;
    server.on('connection', () => (connections += 1));
    const good = await openWith({ kind: 'http', url });
    for (let call = 0; call < 5; call += 1) await askOnce(good);
    expect(connections).toBe(1);
    const bad = await openWith({ kind: 'http', url: `${url}/bad` });
    for (let call = 0; call < 3; call += 1) await askOnce(bad);
    expect(connections).toBe(4);
    await Promise.all([good.close(), bad.close()]);
  });

  test('that were closed while idle are no fault', async () => {
    const { url, server } = await serve(say({ answer: 'a' }));
    const arm = await openWith({ kind: 'http', url });
    for (let call = 0; call < 5; call += 1) {
      expect(await askOnce(arm)).toMatchObject({ outcome: 'ok' });
      server.closeIdleConnections();
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await arm.close();
  });

  test.each([
    ['GET', 'ok', 3],
    ['POST', 'network', 2],
  ])('closed under a request without a byte: a %s ends %s', async (method, outcome, requests) => {
    let count = 0;
    const { url, seen } = await serve((response) => {
      count += 1;
      if (count === 2) response.socket?.destroy();
      else say({ answer: 'a' })(response);
    });
    const arm = await openWith({ kind: 'http', method, url });
    expect(await askOnce(arm)).toMatchObject({ outcome: 'ok' });
    expect(await askOnce(arm)).toMatchObject({ outcome });
    expect(seen).toHaveLength(requests);
    await arm.close();
  });

  test('are gone after close, with calls under way as faults', async () => {
    const { url } = await serve(() => undefined);
    const arm = await openWith({ kind: 'http', url });
    const asked = askOnce(arm);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await arm.close();
    expect(await asked).toMatchObject({ outcome: 'network' });
  });
});
