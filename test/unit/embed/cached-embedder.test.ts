import { describe, expect, it } from 'vitest';
import type { EmbedderIdentity } from '../../../src/scoring/record.ts';
import { cachedEmbedder } from '../../../src/embed/cached-embedder.ts';
import type { Embedder } from '../../../src/embed/embedder.ts';
import type { OpenedProvider } from '../../../src/embed/provider.ts';
import { temporaryFolder } from '../../support/embed.ts';

interface Counting {
  readonly opened: OpenedProvider;
  /** The texts of each call. */
  readonly calls: (readonly string[])[];
}

/** A real embedder of two dimensions: the vector is (length, 1). */
function lengths(id = 'lengths', weight = 1): Counting {
  const calls: (readonly string[])[] = [];
  const identity: EmbedderIdentity = { id, dimensions: 2, pooling: 'none', window: 0 };
  const embedder: Embedder = {
    identity: async () => identity,
    embed: async (texts, options) => {
      calls.push(texts);
      options?.onProgress?.(texts.length, texts.length);
      return texts.map((text) => Float32Array.of(weight * text.length, 1));
    },
    shortened: async () => new Set(),
    close: async () => undefined,
  };
  return { opened: { embedder, cacheScope: 'here' }, calls };
}

describe('an embedder with a cache', () => {
  it('asks for each text once, ever', async () => {
    const folder = temporaryFolder();
    const first = lengths();
    const vectors = await cachedEmbedder(first.opened, { folder }).embed(['bb', 'a', 'bb']);
    expect(vectors).toEqual([Float32Array.of(2, 1), Float32Array.of(1, 1), Float32Array.of(2, 1)]);
    expect(first.calls).toEqual([['a', 'bb']]);
    const second = lengths();
    expect(await cachedEmbedder(second.opened, { folder }).embed(['ccc', 'bb', 'a'])).toEqual(
      [3, 2, 1].map((n) => Float32Array.of(n, 1)),
    );
    expect(second.calls).toEqual([['ccc']]);
  });

  it('drops all that was kept where a vector is not what the model makes of its text', async () => {
    const folder = temporaryFolder();
    const forged = cachedEmbedder(lengths('lengths', -5).opened, { folder });
    await forged.embed(['a', 'bb', 'ccc']);
    const notices: string[] = [];
    const options = { folder, checked: 2, onNotice: (notice: string) => notices.push(notice) };
    const checking = cachedEmbedder(lengths().opened, options);
    expect(await checking.embed(['ccc', 'bb', 'a', 'a'])).toEqual(
      [3, 2, 1, 1].map((n) => Float32Array.of(n, 1)),
    );
    expect(notices).toEqual([expect.stringContaining('are not what the model makes of their texts')]);
    const honest = lengths();
    const again = cachedEmbedder(honest.opened, options);
    await again.embed(['ccc', 'bb', 'a']);
    await again.embed(['bb']);
    expect([honest.calls.flat().length, notices.length]).toEqual([2, 1]);
  });

  it('shares nothing between two identities', async () => {
    const folder = temporaryFolder();
    await cachedEmbedder(lengths('one').opened, { folder }).embed(['a']);
    const other = lengths('two', 5);
    expect(await cachedEmbedder(other.opened, { folder }).embed(['a'])).toEqual([Float32Array.of(5, 1)]);
  });

  it('reports progress over all texts, up to all of them', async () => {
    const folder = temporaryFolder();
    await cachedEmbedder(lengths().opened, { folder }).embed(['a', 'b']);
    const progress: [number, number][] = [];
    await cachedEmbedder(lengths().opened, { folder }).embed(['a', 'b', 'c', 'd'], {
      onProgress: (...at) => progress.push(at),
    });
    expect(progress).toEqual([
      [2, 4],
      [4, 4],
    ]);
  });

  it('drops the vectors of a service that has changed its model', async () => {
    const folder = temporaryFolder();
    const notices: string[] = [];
    const run = async (counting: Counting, canary: Float32Array): Promise<readonly Float32Array[]> => {
      const opened = { ...counting.opened, canary: async () => ({ text: 'canary', vector: canary }) };
      return cachedEmbedder(opened, { folder, onNotice: (notice) => notices.push(notice) }).embed(['a']);
    };
    await run(lengths(), Float32Array.of(1, 0));
    const same = lengths();
    await run(same, Float32Array.of(1, 0));
    expect(same.calls).toEqual([]);
    expect(await run(lengths('lengths', 7), Float32Array.of(0, 1))).toEqual([Float32Array.of(7, 1)]);
    expect(notices).toEqual([expect.stringContaining('another model')]);
  });

  it('keeps what was computed before an interruption', async () => {
    const folder = temporaryFolder();
    const texts = Array.from({ length: 1200 }, (_, index) => `text ${index}`);
    const controller = new AbortController();
    const interrupted = lengths();
    const embedder: Embedder = {
      ...interrupted.opened.embedder,
      embed: async (part, options) => {
        options?.signal?.throwIfAborted();
        controller.abort();
        return interrupted.opened.embedder.embed(part);
      },
    };
    const first = cachedEmbedder({ ...interrupted.opened, embedder }, { folder });
    await expect(first.embed(texts, { signal: controller.signal })).rejects.toThrow(/abort/i);
    const second = lengths();
    await cachedEmbedder(second.opened, { folder }).embed(texts);
    expect(second.calls.flat()).toHaveLength(1200 - 512);
  });
});
