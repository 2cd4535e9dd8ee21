import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Embedder } from '../../../src/embed/embedder.ts';
import { openEmbedder } from '../../../src/embed/open.ts';
import type { EmbedderConfig } from '../../../src/embed/schema.ts';
import { contextIn, temporaryFolder } from '../../support/embed.ts';

interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly input: readonly string[] };
}
type Reply =
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly raw?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'silence';
type Answering = (received: Received, count: number) => Reply | Promise<Reply>;

const vectors = (input: readonly string[]): Reply => ({
  json: {
    object: 'list',
    data: input.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 1, 0] })),
  },
});
const good: Answering = ({ body }) => vectors(body.input);
/** Good for the canary, which comes first. */
const after =
  (reply: (input: readonly string[]) => Reply): Answering =>
  ({ body }, count) =>
    count === 1 ? vectors(body.input) : reply(body.input);

async function serve(answer: Answering): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void receivedFrom(request).then(async (item) => {
      received.push(item);
      const reply = await answer(item, received.length);
      if (reply === 'silence') return;
      response
        .writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
        .end(reply.raw ?? JSON.stringify(reply.json ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, received };
}

async function receivedFrom(request: IncomingMessage): Promise<Received> {
  // The test's own client sends this shape.
  const body = JSON.parse(await readText(request)) as Received['body'];
  return { path: request.url, authorization: request.headers.authorization, body };
}

function open(url: string, more: Partial<EmbedderConfig> = {}): Embedder {
  return openEmbedder({ url, model: 'm', retries: 0, cache: false, ...more }, contextIn(temporaryFolder()));
}

const unit = (x: number): Float32Array => Float32Array.of(x, 1, 0).map((value) => value / Math.hypot(x, 1));

describe('an OpenAI-compatible service', () => {
  it('is asked in batches, each text once, and its vectors are brought to length 1', async () => {
    const { url, received } = await serve(good);
    const embedder = open(url, { batch: 2, apiKey: 'sk-secret' });
    const found = await embedder.embed(['a', 'bb', 'a', 'ccc']);
    for (const [index, length] of [1, 2, 1, 3].entries()) {
      for (const [at, value] of unit(length).entries()) expect(found[index]?.[at]).toBeCloseTo(value, 6);
    }
    expect(received.map(({ body }) => body.input)).toEqual([['flipgate'], ['a', 'bb'], ['ccc']]);
    expect(received[1]).toMatchObject({
      path: '/v1/embeddings',
      authorization: 'Bearer sk-secret',
      body: { model: 'm', encoding_format: 'float' },
    });
    expect(await embedder.identity()).toEqual({
      id: `m@${url}`,
      dimensions: 3,
      pooling: 'service',
      window: 0,
    });
  });

  it('is found under its host alone and under the whole path', async () => {
    const { url, received } = await serve(good);
    await open(url.replace('/v1', '')).embed(['a']);
    await open(`${url}/embeddings`).embed(['a']);
    expect(new Set(received.map((item) => item.path))).toEqual(new Set(['/v1/embeddings']));
  });

  it('may answer in another order than that of the texts', async () => {
    const { url } = await serve(({ body }) => ({
      json: {
        data: body.input.map((text, index) => ({ index, embedding: [text.length, 1, 0] })).toReversed(),
      },
    }));
    const [first, second] = await open(url).embed(['a', 'bb']);
    expect(first?.[0]).toBeCloseTo(unit(1)[0] ?? 0, 6);
    expect(second?.[0]).toBeCloseTo(unit(2)[0] ?? 0, 6);
  });

  it('never gets the empty string, nor a lone surrogate', async () => {
    const { url, received } = await serve(good);
    await open(url).embed(['', 'a\ud800']);
    expect(received[1]?.body.input).toEqual([' ', 'a\ufffd']);
  });

  it.each<[string, Answering, RegExp]>([
    ['too few vectors', after((input) => vectors(input.slice(1))), /1 vectors came back for 2 texts/],
    [
      'other dimensions',
      after((input) => ({ json: { data: input.map((_, index) => ({ index, embedding: [1, 2] })) } })),
      /2 dimensions after one of 3/,
    ],
    [
      'one index twice',
      after((input) => ({ json: { data: input.map(() => ({ index: 0, embedding: [1, 2, 3] })) } })),
      /no vector has the index 1/,
    ],
    [
      'a number that is none',
      after(() => ({ raw: '{"data":[{"index":0,"embedding":[1,NaN,3]},{"index":1,"embedding":[1,2,3]}]}' })),
      /failed|unusable/,
    ],
    [
      'null for a number',
      after((input) => ({ json: { data: input.map((_, index) => ({ index, embedding: [1, null, 3] })) } })),
      /unusable/,
    ],
    [
      'a number too large',
      after(() => ({ raw: '{"data":[{"index":0,"embedding":[1e999,1]},{"index":1,"embedding":[1,2]}]}' })),
      /unusable|direction/,
    ],
    [
      'a zero vector',
      after((input) => ({ json: { data: input.map((_, index) => ({ index, embedding: [0, 0, 0] })) } })),
      /without a direction/,
    ],
    ['no data', after(() => ({ json: { error: 'sorry' } })), /unusable/],
    ['no JSON', after(() => ({ raw: '<html>' })), /failed/],
    ['status 500', after(() => ({ status: 500, json: { error: { message: 'broken' } } })), /500/],
    [
      'status 401',
      () => ({ status: 401, json: { error: { message: 'key "sk-secret" is wrong' } } }),
      /failed: 401/,
    ],
  ])('is an error with exit code 4 when it returns %s', async (_, answer, message) => {
    const { url } = await serve(answer);
    const problem = await open(url, { apiKey: 'sk-secret' })
      .embed(['a', 'bb'])
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({
      name: 'UserError',
      exitCode: 4,
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(problem) + String(problem)).not.toContain('sk-secret');
  });

  it('is asked again after a failure', async () => {
    const { url, received } = await serve((item, count) =>
      count === 1 ? { status: 500 } : good(item, count),
    );
    expect(await open(url, { retries: 1 }).embed(['a'])).toHaveLength(1);
    expect(received).toHaveLength(3);
  });

  it('is given up when it does not answer in time', async () => {
    const { url } = await serve(() => 'silence');
    await expect(open(url, { timeoutSeconds: 0.2 }).embed(['a'])).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/timed out/),
    });
  });

  it('is given up when the run is stopped', async () => {
    const controller = new AbortController();
    const { url } = await serve(({ body }, count) => {
      if (count === 1) return vectors(body.input);
      controller.abort();
      return 'silence';
    });
    await expect(open(url).embed(['a'], { signal: controller.signal })).rejects.toThrow(/abort/i);
  });

  it('is given up at once when it hangs at the very first question, and can be asked again', async () => {
    let hangs = true;
    const { url, received } = await serve(({ body }) => (hangs ? 'silence' : vectors(body.input)));
    const embedder = open(url, { timeoutSeconds: 3600, retries: 10 });
    const asks = [
      (signal: AbortSignal) => embedder.identity({ signal }),
      (signal: AbortSignal) => embedder.embed(['a'], { signal }),
    ];
    for (const [before, ask] of asks.entries()) {
      const stop = new AbortController();
      const asked = ask(stop.signal);
      await expect.poll(() => received.length).toBe(before + 1);
      stop.abort(new Error('enough'));
      await expect(asked).rejects.toThrow('enough');
    }
    hangs = false;
    expect(await embedder.embed(['a'])).toHaveLength(1);
  });

  it('is given up at once while it asks to wait', async () => {
    let told: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (told = resolve));
    const { url } = await serve(() => {
      told();
      return { status: 429, headers: { 'retry-after': '3600' } };
    });
    const stop = new AbortController();
    const asked = open(url, { retries: 3 }).embed(['a'], { signal: stop.signal });
    await busy;
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });

  it('is asked for several batches at a time, as many as are configured', async () => {
    const atOnce = { now: 0, most: 0 };
    const { url } = await serve(async ({ body }, count) => {
      if (count === 1) return vectors(body.input);
      atOnce.now += 1;
      atOnce.most = Math.max(atOnce.most, atOnce.now);
      // Answers only when as many are under way as may be, or none will follow.
      await expect.poll(() => atOnce.most, { interval: 5 }).toBe(3);
      atOnce.now -= 1;
      return vectors(body.input);
    });
    const texts = Array.from({ length: 12 }, (_, index) => 'x'.repeat(index + 1));
    const found = await open(url, { batch: 2, concurrency: 3 }).embed(texts);
    for (const [index, vector] of found.entries()) expect(vector[0]).toBeCloseTo(unit(index + 1)[0] ?? 0, 6);
    expect(atOnce.most).toBe(3);
  });

  it('that asks to wait is asked nothing more by anybody until then', async () => {
    let busy = true;
    const order: string[] = [];
    const { url } = await serve(({ body }, count) => {
      if (count === 1) return vectors(body.input);
      order.push(busy ? 'refused' : 'answered');
      if (!busy) return vectors(body.input);
      busy = false;
      return { status: 429, headers: { 'retry-after': '0' } };
    });
    const texts = ['a', 'bb', 'ccc', 'dddd'];
    expect(await open(url, { batch: 1, concurrency: 2, retries: 1 }).embed(texts)).toHaveLength(4);
    expect(order.filter((one) => one === 'refused')).toHaveLength(1);
  });

  it('gets user, password and query of its address, which do not show in the identity', async () => {
    const { url, received } = await serve(good);
    const { id } = await open(`${url.replace('http://', 'http://me:pa%40ss@')}?key=abcdef`).identity();
    expect(id).toBe(`m@${url}`);
    expect(received).toMatchObject([
      { path: '/v1/embeddings?key=abcdef', authorization: `Basic ${btoa('me:pa@ss')}` },
    ]);
  });

  it('is asked for the canary alone when every vector is at hand', async () => {
    const { url, received } = await serve(good);
    const context = contextIn(temporaryFolder());
    for (const _ of [1, 2]) {
      const embedder = openEmbedder({ url, model: 'm' }, context);
      await embedder.embed(['a']);
      await embedder.close();
    }
    expect(received.map(({ body }) => body.input)).toEqual([['flipgate'], ['a'], ['flipgate']]);
  });
});
