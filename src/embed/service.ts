import pLimit from 'p-limit';
import { UserError, exitCodes } from '../base/errors.ts';
import { onAbort } from '../base/on-abort.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { EmbedOptions, Embedder } from './embedder.ts';
import type { Canary, Provider } from './provider.ts';
import type { EmbedderConfig } from './schema.ts';
import {
  baseUrl,
  createEmbedRequest,
  publicUrl,
  type EmbedRequest,
  type EmbeddingService,
} from './service-client.ts';

const canaryText = 'flipgate';

/** An OpenAI-compatible embedding service. Nothing pins its weights: a canary text tells when another model answers under the same name. */
export const serviceProvider: Provider = {
  matches: (config) => config.url !== undefined,
  open: (config) => {
    const request = createEmbedRequest(optionsOf(config));
    let first: Promise<Canary> | undefined;
    const canary = (signal?: AbortSignal): Promise<Canary> => {
      first ??= request([canaryText], signal).then(
        ([vector = new Float32Array()]) => ({ text: canaryText, vector }),
        (error: unknown) => {
          // What was given up or failed can be asked for again.
          first = undefined;
          throw error;
        },
      );
      const asked = first;
      return untilAborted(signal, () => asked);
    };
    return { embedder: serviceEmbedder({ config, request, canary }), cacheScope: 'service', canary };
  },
};

interface Service {
  readonly config: EmbedderConfig;
  readonly request: EmbedRequest;
  readonly canary: (signal?: AbortSignal) => Promise<Canary>;
}

function serviceEmbedder(service: Service): Embedder {
  const { config, canary } = service;
  return {
    identity: async ({ signal } = {}) => ({
      id: `${config.model}@${publicUrl(config.url ?? '')}`,
      dimensions: (await canary(signal)).vector.length,
      pooling: 'service',
      window: 0,
    }),
    embed: async (texts, options = {}) => {
      if (texts.length === 0) return [];
      const distinct = [...new Set(texts)];
      const vectors = await untilAborted(options.signal, (signal) =>
        embedAll(distinct, service, { ...options, signal, total: texts.length }),
      );
      return texts.map((text) => vectors.get(text) ?? new Float32Array());
    },
    shortened: async () => new Set(),
    close: async () => undefined,
  };
}

interface AllOptions extends EmbedOptions {
  readonly signal: AbortSignal;
  /** Of which progress is told. */
  readonly total: number;
}

/** Several requests at a time; when one fails, the others are given up. */
async function embedAll(
  texts: readonly string[],
  { config, request, canary }: Service,
  { signal, total, onProgress }: AllOptions,
): Promise<ReadonlyMap<string, Float32Array>> {
  const dimensions = (await canary(signal)).vector.length;
  const vectors = new Map<string, Float32Array>();
  const limit = pLimit(config.concurrency ?? defaultConcurrency);
  const group = new AbortController();
  const forget = onAbort(signal, () => group.abort(signal.reason));
  const embedPart = async (part: readonly string[]): Promise<void> => {
    const received = await request(part, group.signal);
    for (const [index, text] of part.entries())
      vectors.set(text, ofLength(received[index] ?? new Float32Array(), dimensions));
    onProgress?.(Math.floor((vectors.size / texts.length) * total), total);
  };
  const parts = partsOf(texts, config.batch ?? defaultBatch).map((part) => limit(embedPart, part));
  try {
    await Promise.all(parts);
  } catch (error) {
    group.abort(error);
    throw error;
  } finally {
    forget();
  }
  return vectors;
}

const defaultBatch = 64;
const defaultConcurrency = 4;

function partsOf(texts: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, part) =>
    texts.slice(part * size, (part + 1) * size),
  );
}

function ofLength(vector: Float32Array, dimensions: number): Float32Array {
  if (vector.length === dimensions) return vector;
  throw new UserError(
    `the embedding service returned a vector of ${vector.length} dimensions after one of ${dimensions}`,
    { exitCode: exitCodes.error },
  );
}

function optionsOf(config: EmbedderConfig): EmbeddingService {
  return {
    url: baseUrl(config.url ?? ''),
    model: config.model,
    apiKey: config.apiKey === '' ? undefined : config.apiKey,
    timeoutSeconds: config.timeoutSeconds ?? 60,
    retries: config.retries ?? 3,
  };
}
