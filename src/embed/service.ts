import type { OpenAI } from 'openai';
import * as z from 'zod';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { createRedactor, secretsOfUrl } from '../base/redact.ts';
import type { EmbedOptions, Embedder } from './embedder.ts';
import type { Canary, Provider } from './provider.ts';
import type { EmbedderConfig } from './schema.ts';
import { normalised } from './normalised.ts';

/** Embeds some texts with one request: vectors of length 1, in the order of the texts. */
type Request = (
  texts: readonly string[],
  signal: AbortSignal | undefined,
) => Promise<readonly Float32Array[]>;

interface ServiceOptions {
  /** Base URL with its version, as the client wants it. */
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly timeoutSeconds: number;
  readonly retries: number;
}

const canaryText = 'flipgate';

const responseShape = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/** An OpenAI-compatible embedding service. Nothing pins its weights: a canary text tells when another model answers under the same name. */
export const serviceProvider: Provider = {
  matches: (config) => config.url !== undefined,
  open: (config) => {
    const request = createRequest(optionsOf(config));
    let first: Promise<Canary> | undefined;
    const canary = (): Promise<Canary> =>
      (first ??= request([canaryText], undefined).then(([vector = new Float32Array()]) => ({
        text: canaryText,
        vector,
      })));
    return { embedder: serviceEmbedder({ config, request, canary }), cacheScope: 'service', canary };
  },
};

interface Service {
  readonly config: EmbedderConfig;
  readonly request: Request;
  readonly canary: () => Promise<Canary>;
}

function serviceEmbedder({ config, request, canary }: Service): Embedder {
  return {
    identity: async () => ({
      id: `${config.model}@${publicUrl(config.url ?? '')}`,
      dimensions: (await canary()).vector.length,
      pooling: 'service',
      window: 0,
    }),
    embed: async (texts, options: EmbedOptions = {}) => {
      if (texts.length === 0) return [];
      const dimensions = (await canary()).vector.length;
      const distinct = [...new Set(texts)];
      const vectors = new Map<string, Float32Array>();
      const batch = config.batch ?? 64;
      for (let start = 0; start < distinct.length; start += batch) {
        options.signal?.throwIfAborted();
        const part = distinct.slice(start, start + batch);
        const received = await request(part, options.signal);
        for (const [index, text] of part.entries())
          vectors.set(text, ofLength(received[index] ?? new Float32Array(), dimensions));
        options.onProgress?.(Math.floor((vectors.size / distinct.length) * texts.length), texts.length);
      }
      return texts.map((text) => vectors.get(text) ?? new Float32Array());
    },
    close: async () => undefined,
  };
}

function createRequest(options: ServiceOptions): Request {
  let client: Promise<OpenAI> | undefined;
  const redact = createRedactor([
    ...(options.apiKey === undefined ? [] : [options.apiKey]),
    ...secretsOfUrl(options.url),
  ]);
  return async (texts, signal) => {
    client ??= createClient(options);
    // Services refuse the empty string, and JSON has no lone surrogates.
    const input = texts.map((text) => (text === '' ? ' ' : Buffer.from(text).toString()));
    let response: unknown;
    try {
      const body = { model: options.model, input, encoding_format: 'float' } as const;
      response = await (await client).embeddings.create(body, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw new UserError(
        `embedding service "${publicUrl(options.url)}" failed: ${redact(messageOf(error))}`,
        {
          hint: 'check the embedder\'s "url", "model" and "apiKey" in the configuration',
          exitCode: exitCodes.error,
        },
      );
    }
    return inOrder(response, texts.length, publicUrl(options.url));
  };
}

async function createClient({ url, apiKey, retries, timeoutSeconds }: ServiceOptions): Promise<OpenAI> {
  const library = await import('openai');
  const { username, password, searchParams } = new URL(url);
  const pair = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return new library.OpenAI({
    baseURL: publicUrl(url),
    apiKey: apiKey ?? 'none',
    maxRetries: retries,
    timeout: timeoutSeconds * 1000,
    // Left out, these two would be taken from the environment.
    organization: null,
    project: null,
    defaultQuery: Object.fromEntries(searchParams),
    defaultHeaders: username === '' && password === '' ? {} : { authorization: `Basic ${pair}` },
  });
}

/** Checks that there is one vector for each text, and puts them in the texts' order by their `index`. */
function inOrder(response: unknown, count: number, url: string): readonly Float32Array[] {
  const parsed = responseShape.safeParse(response);
  if (!parsed.success) throw unusable(url, z.prettifyError(parsed.error));
  const { data } = parsed.data;
  if (data.length !== count) throw unusable(url, `${data.length} vectors came back for ${count} texts`);
  const vectors = new Map(data.map(({ index, embedding }) => [index, normalised(embedding)]));
  return Array.from({ length: count }, (_, index) => {
    const vector = vectors.get(index);
    if (vector === undefined) throw unusable(url, `no vector has the index ${index}`);
    return vector;
  });
}

function ofLength(vector: Float32Array, dimensions: number): Float32Array {
  if (vector.length === dimensions) return vector;
  throw new UserError(
    `the embedding service returned a vector of ${vector.length} dimensions after one of ${dimensions}`,
    {
      exitCode: exitCodes.error,
    },
  );
}

function unusable(url: string, reason: string): UserError {
  return new UserError(`embedding service "${url}" returned something unusable: ${reason}`, {
    exitCode: exitCodes.error,
  });
}

function optionsOf(config: EmbedderConfig): ServiceOptions {
  return {
    url: baseUrl(config.url ?? ''),
    model: config.model,
    apiKey: config.apiKey === '' ? undefined : config.apiKey,
    timeoutSeconds: config.timeoutSeconds ?? 60,
    retries: config.retries ?? 3,
  };
}

/** `http://host` and `http://host/v1/embeddings` mean `http://host/v1`. */
function baseUrl(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = parsed.pathname.replace(/\/+$/, '').replace(/\/embeddings$/, '');
  if (parsed.pathname === '/') parsed.pathname = '/v1';
  return parsed.href;
}

/** Without user, password, query and fragment. */
function publicUrl(url: string): string {
  const { origin, pathname } = new URL(baseUrl(url));
  return `${origin}${pathname}`;
}
