import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/canonical.ts';
import { createRedactor } from '../../../src/base/redact.ts';
import type { Answer } from '../../../src/scoring/answer.ts';
import { askOnce, matching, openWith, request, secondsOf } from './arm-fixtures.ts';
import { wordEmbedder } from './word-embedder.ts';

let folder = '';
let server: Server;
let baseUrl = '';
let reply: { status: number; body: unknown; headers?: Readonly<Record<string, string>> };
let seen: { url: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }[] = [];

const completion = (message: object, more: object = {}): object => ({
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message }, ...more }],
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-openai-'));
  seen = [];
  server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk) => (text += String(chunk)));
    incoming.on('end', () => {
      seen.push({
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: JSON.parse(text) as Record<string, unknown>,
      });
      response
        .writeHead(reply.status, reply.headers ?? {})
        .end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function ask(settings: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const arm = await openWith(
    { kind: 'openai', baseUrl, model: 'tiny-1', apiKey: 's3cret-key', ...settings },
    {
      workingDirectory: folder,
      redact: createRedactor(['s3cret-key']),
      openEmbedder: () => Promise.resolve(wordEmbedder()),
    },
  );
  const answer = await askOnce(arm);
  await arm.close();
  return answer;
}

describe('an openai arm', () => {
  test('asks a chat model with seed, temperature and key, and keeps answer and usage', async () => {
    reply = {
      status: 200,
      body: {
        ...completion({ content: 'yes, s3cret-key' }),
        usage: { prompt_tokens: 12, completion_tokens: 3 },
      },
    };
    const answer = await ask({ parameters: { max_tokens: 50 }, headers: { 'x-team': 'search' } });
    expect(seen[0]).toMatchObject({
      url: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer s3cret-key',
        traceparent: request.traceparent,
        'idempotency-key': request.idempotency_key,
        'user-agent': 'flipgate/0.1.0',
        'x-team': 'search',
      },
      body: {
        model: 'tiny-1',
        seed: 7,
        temperature: 0,
        max_tokens: 50,
        stream: false,
        messages: [{ role: 'user', content: request.question }],
      },
    });
    expect(answer).toMatchObject({
      outcome: 'ok',
      status: 200,
      response: {
        answer: 'yes, [redacted]',
        usage: { input_tokens: 12, output_tokens: 3 },
        versions: {
          INDEX_HASH: 'none',
          EMBED_SCHEMA: 'none',
          RERANK_CONF: 'none',
          PROMPT_VER: sha256('{{question}}'),
          MODEL_VER: 'tiny-1',
        },
      },
    });
    expect(answer.outcome === 'ok' && answer.response.retrieved).toBeUndefined();
  });

  test('leaves the temperature out where it is null', async () => {
    reply = { status: 200, body: completion({ content: 'yes' }) };
    await ask({ temperature: null });
    expect(seen[0]?.body).not.toHaveProperty('temperature');
  });

  test('keeps tool calls, refusals and cut answers as what they are', async () => {
    reply = {
      status: 200,
      body: completion(
        { content: null, tool_calls: [{ function: { name: 'search', arguments: '{"q":1}' } }] },
        { finish_reason: 'length' },
      ),
    };
    expect(await ask()).toMatchObject({
      response: { answer: '', tool_calls: [{ name: 'search', arguments: { q: 1 } }] },
      findings: [{ code: 'answer_cut' }],
    });
    reply = { status: 200, body: completion({ content: null, refusal: 'I will not.' }) };
    expect(await ask()).toMatchObject({ response: { answer: 'I will not.', refused: true } });
  });

  test.each([
    [
      429,
      { error: { message: 'slow down s3cret-key' } },
      { outcome: 'status', status: 429, message: 'HTTP status 429', retryAfterSeconds: 3 },
    ],
    [500, 'oops', { outcome: 'status', status: 500 }],
    [200, 'not json', { outcome: 'shape', message: matching(/^the response is not JSON/) }],
    [200, {}, { outcome: 'shape', message: 'choices is missing, not a list' }],
    [200, { choices: [] }, { outcome: 'shape', message: 'choices is empty' }],
    [
      200,
      { choices: [{ message: { content: 3 } }] },
      { outcome: 'shape', message: 'choices[0].message.content is a number, not a string' },
    ],
  ])('takes status %i with %j for a fault, after one request', async (status, body, expected) => {
    reply = { status, body, headers: { 'retry-after': '3' } };
    expect(await ask()).toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });

  test('with an index in front retrieves, fills the prompt, cites, and times both stages', async () => {
    const chunks = [
      {
        snippet_id: 'S_1',
        section_id: 'warm',
        source_url: 'a.md',
        offsets: [0, 20],
        tokens: [0, 4],
        text: 'green is ready when warm {{question}}',
      },
      {
        snippet_id: 'S_2',
        section_id: 'other',
        source_url: 'b.md',
        offsets: [0, 9],
        tokens: [0, 2],
        text: 'bananas are yellow',
      },
    ];
    await writeFile(
      path.join(folder, 'chunks.jsonl'),
      chunks.map((chunk) => JSON.stringify(chunk)).join('\n'),
    );
    await writeFile(path.join(folder, 'prompt.txt'), 'C: {{context}}\nQ: {{question}}');
    reply = { status: 200, body: completion({ content: 'When warm [S_1], not [S_9] nor [S_1; S_2].' }) };
    const answer = await ask({ index: 'chunks.jsonl', topK: 1, prompt: 'prompt.txt' });
    expect(seen[0]?.body['messages']).toEqual([
      { role: 'user', content: `C: [S_1] green is ready when warm {{question}}\nQ: ${request.question}` },
    ]);
    expect(answer).toMatchObject({
      outcome: 'ok',
      response: {
        retrieved: [{ snippet_id: 'S_1', section_id: 'warm', offsets: [0, 20] }],
        citations: ['S_1'],
        versions: {
          EMBED_SCHEMA: 'words@1',
          RERANK_CONF: 'none',
          PROMPT_VER: sha256('C: {{context}}\nQ: {{question}}'),
          MODEL_VER: 'tiny-1',
        },
      },
    });
    if (answer.outcome !== 'ok') return;
    const { retrieve = 0, reason = 0 } = answer.response.stages ?? {};
    expect(secondsOf(answer)).toBeCloseTo(retrieve + reason, 6);
  });

  test('refuses a prompt that lacks a placeholder', async () => {
    await writeFile(path.join(folder, 'prompt.txt'), 'nothing to fill');
    await expect(ask({ prompt: 'prompt.txt' })).rejects.toMatchObject({
      name: 'UserError',
      message: 'prompt "prompt.txt" has no {{question}}',
    });
    await expect(ask({ prompt: 'nowhere.txt' })).rejects.toMatchObject({ name: 'UserError' });
  });
});
