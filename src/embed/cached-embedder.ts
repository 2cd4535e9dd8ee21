import { randomInt } from 'node:crypto';
import path from 'node:path';
import { canonicalJson, sha256 } from '../base/canonical.ts';
import type { EmbedOptions, Embedder } from './embedder.ts';
import type { Canary, OpenedProvider } from './provider.ts';
import { VectorCache } from './vector-cache.ts';

export interface CachedEmbedderOptions {
  /** Each identity has a folder of its own in it. */
  readonly folder: string;
  readonly maxBytes?: number | undefined;
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Kept vectors that are computed again, taken at random, before any is used: who can write the cache must not be believed. None by default. */
  readonly checked?: number | undefined;
}

/** Texts per slice: what an interruption can lose at most. */
const sliceTexts = 512;
/** Services repeat a vector with a cosine above this; another model's has one near 0. */
const sameModelCosine = 0.999;
/** In characters: a check is to take milliseconds. */
const longestChecked = 2000;

/** An embedder that asks `opened` only for vectors that are not on disk; a model without any misses is never loaded. */
export function cachedEmbedder(opened: OpenedProvider, options: CachedEmbedderOptions): Embedder {
  const { embedder } = opened;
  let cache: Promise<VectorCache> | undefined;
  let unchecked = options.checked ?? 0;
  return {
    identity: (identityOptions) => embedder.identity(identityOptions),
    embed: async (texts, embedOptions = {}) => {
      if (texts.length === 0) return [];
      embedOptions.signal?.throwIfAborted();
      cache ??= openCache(opened, options, embedOptions.signal).catch((error: unknown) => {
        // What was given up can be asked for again.
        cache = undefined;
        throw error;
      });
      const request = { ...embedOptions, texts: [...new Set(texts)] };
      if (unchecked > 0) {
        const checked = await checkKept(await cache, embedder, { ...request, wanted: unchecked });
        if (checked === 'wrong') options.onNotice?.(wrongNotice);
        if (checked !== 'none') unchecked = 0;
      }
      return embedThrough(await cache, embedder, { ...embedOptions, texts });
    },
    shortened: (texts, shortenedOptions) => embedder.shortened(texts, shortenedOptions),
    close: async () => {
      (await cache?.catch(() => undefined))?.close();
      cache = undefined;
      await embedder.close();
    },
  };
}

async function openCache(
  { embedder, cacheScope, canary }: OpenedProvider,
  options: CachedEmbedderOptions,
  signal: AbortSignal | undefined,
): Promise<VectorCache> {
  const identity = await embedder.identity(signal === undefined ? {} : { signal });
  const folder = path.join(
    options.folder,
    sha256(canonicalJson({ identity, scope: cacheScope })).slice(0, 32),
  );
  const cache = new VectorCache({ ...options, folder, dimensions: identity.dimensions });
  if (canary !== undefined) checkCanary(cache, await canary(signal), options);
  return cache;
}

function checkCanary(
  cache: VectorCache,
  { text, vector }: Canary,
  { onNotice }: CachedEmbedderOptions,
): void {
  const [kept] = cache.get([text]);
  if (kept !== undefined && cosine(kept, vector) >= sameModelCosine) return;
  if (kept !== undefined)
    onNotice?.('the embedding service answers with another model than before: its kept vectors are dropped');
  // Vectors without a canary come from who knows which model.
  cache.startOver();
  cache.put([text], [vector]);
}

const wrongNotice =
  'kept vectors are not what the model makes of their texts: all of them are dropped and computed anew';

/** Computes some of the kept vectors again; where one is another, forgets all of them. */
async function checkKept(
  cache: VectorCache,
  embedder: Embedder,
  { texts, signal, wanted }: Request & { readonly wanted: number },
): Promise<'none' | 'right' | 'wrong'> {
  const kept = cache.get(texts).flatMap((vector, index) => {
    const text = texts[index];
    return vector === undefined || text === undefined || text.length > longestChecked
      ? []
      : [{ text, vector }];
  });
  const sample = Array.from({ length: Math.min(wanted, kept.length) }, () => {
    const [one] = kept.splice(randomInt(kept.length), 1);
    return one;
  }).flatMap((one) => one ?? []);
  if (sample.length === 0) return 'none';
  const computed = await embedder.embed(
    sample.map(({ text }) => text),
    signal === undefined ? {} : { signal },
  );
  const isRight = sample.every(
    ({ vector }, index) => cosine(vector, computed[index] ?? new Float32Array()) >= sameModelCosine,
  );
  if (!isRight) cache.startOver();
  return isRight ? 'right' : 'wrong';
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0);
}

interface Request extends EmbedOptions {
  readonly texts: readonly string[];
}

async function embedThrough(
  cache: VectorCache,
  embedder: Embedder,
  { texts, signal, onProgress }: Request,
): Promise<readonly Float32Array[]> {
  const distinct = [...new Set(texts)];
  const kept = cache.get(distinct);
  const vectors = new Map<string, Float32Array>();
  for (const [index, text] of distinct.entries()) {
    const vector = kept[index];
    if (vector !== undefined) vectors.set(text, vector);
  }
  const report = (done: number): void => onProgress?.((done / distinct.length) * texts.length, texts.length);
  report(vectors.size);
  // Texts of like length stand together, so that each slice makes full batches.
  const missing = distinct.filter((text) => !vectors.has(text)).sort((a, b) => a.length - b.length);
  for (let start = 0; start < missing.length; start += sliceTexts) {
    const slice = missing.slice(start, start + sliceTexts);
    const before = vectors.size;
    const computed = await embedder.embed(slice, {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (done) => report(before + done),
    });
    cache.put(slice, computed);
    for (const [index, text] of slice.entries()) vectors.set(text, computed[index] ?? new Float32Array());
  }
  return texts.map((text) => vectors.get(text) ?? new Float32Array());
}
