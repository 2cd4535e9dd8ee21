import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { indexHash } from '../../../src/arms/index/format.ts';
import type { IndexChunk } from '../../../src/arms/index/format.ts';
import { sha256 } from '../../../src/base/canonical.ts';
import { askOnce, matching, openWith } from './arm-fixtures.ts';
import { wordEmbedder } from './word-embedder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-index-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const chunk = (id: string, text: string, more: object = {}): object => ({
  snippet_id: id,
  section_id: id,
  source_url: 'a.md',
  offsets: [0, text.length],
  tokens: [0, 1],
  text,
  ...more,
});

async function writeChunks(...chunks: readonly object[]): Promise<void> {
  await writeFile(
    path.join(folder, 'chunks.jsonl'),
    chunks.map((one) => `${JSON.stringify(one)}\n`).join(''),
  );
}

describe('an index arm', () => {
  test('retrieves the nearest chunks first, ties in the order of the index, with a timed stage and its versions', async () => {
    await writeChunks(
      chunk('S_1', 'bananas are yellow'),
      chunk('S_2', 'green is ready'),
      chunk('S_3', 'bananas are yellow'),
      chunk('S_4', 'ready'),
    );
    const embedder = wordEmbedder();
    const arm = await openWith(
      { kind: 'index', index: 'chunks.jsonl', topK: 3 },
      { workingDirectory: folder, openEmbedder: async () => embedder },
    );
    const answer = await askOnce(arm, { question: 'bananas yellow' });
    expect(answer).toMatchObject({
      outcome: 'ok',
      response: {
        retrieved: [{ snippet_id: 'S_1' }, { snippet_id: 'S_3' }, { snippet_id: 'S_2' }],
      },
      findings: [],
    });
    expect(answer.outcome === 'ok' && answer.response.stages?.retrieve).toBeGreaterThan(0);
    const versions = {
      EMBED_SCHEMA: 'words@1',
      RERANK_CONF: 'none',
      PROMPT_VER: 'none',
      MODEL_VER: 'none',
      INDEX_HASH: matching(/^[0-9a-f]{64}$/),
    };
    expect(answer.outcome === 'ok' && answer.response.versions).toEqual(versions);
    expect(await arm.versions?.({ signal: AbortSignal.timeout(1000) })).toEqual(versions);
    expect(answer.outcome === 'ok' && answer.response.answer).toBeUndefined();
    await arm.close();
  });

  test('embeds the context of a chunk with it, and hands out its text alone', async () => {
    await writeChunks(
      chunk('S_1', 'is yellow', { context: 'bananas' }),
      chunk('S_2', 'is ready', { context: 'green' }),
    );
    const embedder = wordEmbedder();
    const arm = await openWith(
      { kind: 'index', index: 'chunks.jsonl', topK: 1 },
      { workingDirectory: folder, openEmbedder: async () => embedder },
    );
    expect(embedder.embedded).toEqual(['bananas is yellow', 'green is ready']);
    expect(await askOnce(arm, { question: 'green' })).toMatchObject({
      response: { retrieved: [{ snippet_id: 'S_2', text: 'is ready' }] },
    });
  });

  test('uses the vectors of an index folder when the configured embedder made them, and makes its own otherwise', async () => {
    const chunks = [chunk('S_1', 'bananas are yellow'), chunk('S_2', 'green is ready')].map(
      (one) => one as IndexChunk,
    );
    const bytes = Buffer.concat(
      (await wordEmbedder().embed(chunks.map((one) => one.text))).map((vector) => Buffer.from(vector.buffer)),
    );
    await writeChunks(...chunks);
    await writeFile(path.join(folder, 'vectors.bin'), bytes);
    const header = {
      schema: 'flipgate.index/1',
      created_from: { prefix: '', documents: [] },
      embedded: 'context and text',
      chunks: 2,
      index_hash: indexHash(chunks),
      vectors_sha256: sha256(bytes),
    };
    for (const [id, expected] of [
      ['words@1', 0],
      ['others@1', 2],
    ] as const) {
      await writeFile(
        path.join(folder, 'index.json'),
        JSON.stringify({ ...header, embedder: { id, dimensions: 64, pooling: 'mean', window: 0 } }),
      );
      const embedder = wordEmbedder();
      const arm = await openWith(
        { kind: 'index', index: '.', topK: 1 },
        { workingDirectory: folder, openEmbedder: async () => embedder },
      );
      expect(embedder.embedded).toHaveLength(expected);
      expect(await askOnce(arm, { question: 'is green ready' })).toMatchObject({
        response: { retrieved: [{ snippet_id: 'S_2', text: 'green is ready' }] },
      });
    }
  });

  test('has another INDEX_HASH for other chunks', async () => {
    const hashOf = async (text: string): Promise<unknown> => {
      await writeChunks(chunk('S_1', text));
      const arm = await openWith(
        { kind: 'index', index: 'chunks.jsonl' },
        { workingDirectory: folder, openEmbedder: async () => wordEmbedder() },
      );
      return (await arm.versions?.({ signal: AbortSignal.timeout(1000) }))?.INDEX_HASH;
    };
    expect(await hashOf('one')).toBe(await hashOf('one'));
    expect(await hashOf('one')).not.toBe(await hashOf('two'));
  });

  test('whose embedder fails is a network fault', async () => {
    await writeChunks(chunk('S_1', 'one'));
    let calls = 0;
    const failing = {
      ...wordEmbedder(),
      embed: async (texts: readonly string[]) => (
        (calls += 1),
        calls > 1 ? Promise.reject(new Error('no model')) : wordEmbedder().embed(texts)
      ),
    };
    const arm = await openWith(
      { kind: 'index', index: 'chunks.jsonl' },
      { workingDirectory: folder, openEmbedder: async () => failing },
    );
    expect(await askOnce(arm)).toEqual({
      outcome: 'network',
      message: 'the question could not be embedded: no model',
    });
  });

  test('is refused without chunks, without a file, and without an embedder', async () => {
    const openEmbedder = async () => wordEmbedder();
    await writeChunks();
    await expect(
      openWith({ kind: 'index', index: 'chunks.jsonl' }, { workingDirectory: folder, openEmbedder }),
    ).rejects.toMatchObject({
      name: 'UserError',
    });
    await expect(
      openWith({ kind: 'index', index: 'nowhere' }, { workingDirectory: folder, openEmbedder }),
    ).rejects.toMatchObject({
      name: 'UserError',
    });
    await writeChunks(chunk('S_1', 'one'));
    await expect(
      openWith({ kind: 'index', index: 'chunks.jsonl' }, { workingDirectory: folder }),
    ).rejects.toMatchObject({
      name: 'UserError',
    });
  });
});
