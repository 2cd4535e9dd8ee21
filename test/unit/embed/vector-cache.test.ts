import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VectorCache, type VectorCacheOptions } from '../../../src/embed/vector-cache.ts';
import { temporaryFolder } from '../../support/embed.ts';

const recordSize = 8 + 32 + 4 * 4 + 8;
const vectorFor = (seed: number): Float32Array => Float32Array.of(seed, seed + 0.5, -seed, 1 / (seed + 1));

function open(folder: string, more: Partial<VectorCacheOptions> = {}): VectorCache {
  const cache = new VectorCache({ folder, dimensions: 4, ...more });
  onTestFinished(() => cache.close());
  return cache;
}

function filled(count: number): {
  readonly folder: string;
  readonly file: string;
  readonly texts: readonly string[];
} {
  const folder = temporaryFolder();
  const texts = Array.from({ length: count }, (_, index) => `text ${index}`);
  open(folder).put(
    texts,
    texts.map((_, index) => vectorFor(index)),
  );
  return { folder, file: path.join(folder, 'vectors.bin'), texts };
}

describe('the vector cache', () => {
  it('gives back what was put, in another process too, and nothing else', () => {
    const { folder, texts } = filled(3);
    expect(open(folder).get([...texts, 'another'])).toEqual([
      vectorFor(0),
      vectorFor(1),
      vectorFor(2),
      undefined,
    ]);
  });

  it('finds what was put after it had looked', () => {
    const folder = temporaryFolder();
    const [reader, writer] = [open(folder), open(folder)];
    expect(reader.get(['a'])).toEqual([undefined]);
    writer.put(['a'], [vectorFor(1)]);
    expect(reader.get(['a'])).toEqual([vectorFor(1)]);
  });

  it('keeps texts apart that differ in a lone surrogate only', () => {
    const cache = open(temporaryFolder());
    cache.put(['a\ud800', 'a\udc00'], [vectorFor(1), vectorFor(2)]);
    expect(cache.get(['a\ud800', 'a\udc00', 'a\ufffd'])).toEqual([vectorFor(1), vectorFor(2), undefined]);
  });

  it('drops a record with a wrong byte, wherever the byte is, and keeps the others', () => {
    for (const offset of [0, 9, 25, 45, recordSize - 1]) {
      const { folder, file, texts } = filled(3);
      const bytes = readFileSync(file);
      bytes[recordSize + offset] = (bytes[recordSize + offset] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      expect(open(folder).get(texts), `byte ${offset}`).toEqual([vectorFor(0), undefined, vectorFor(2)]);
    }
  });

  it('takes the newer record after a corrupt one was put again', () => {
    const { folder, file, texts } = filled(2);
    const bytes = readFileSync(file);
    bytes[50] = (bytes[50] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const cache = open(folder);
    cache.put(['text 0'], [vectorFor(0)]);
    expect(cache.get(texts)).toEqual([vectorFor(0), vectorFor(1)]);
  });

  it('survives a torn tail, also when records follow it', () => {
    const { folder, file, texts } = filled(3);
    truncateSync(file, 3 * recordSize - 20);
    const cache = open(folder);
    expect(cache.get(texts)).toEqual([vectorFor(0), vectorFor(1), undefined]);
    cache.put(['text 2', 'text 3', 'text 4'], [vectorFor(2), vectorFor(3), vectorFor(4)]);
    cache.put(['text 2'], [vectorFor(2)]);
    expect(open(folder).get([...texts, 'text 3', 'text 4'])).toEqual([0, 1, 2, 3, 4].map(vectorFor));
  });

  it('takes a file of something else for an empty one', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'vectors.bin'), 'no vectors here, only words\n'.repeat(500));
    const cache = open(folder);
    expect(cache.get(['a'])).toEqual([undefined]);
    cache.put(['a', 'b'], [vectorFor(1), vectorFor(2)]);
    expect(cache.get(['a', 'b'])).toEqual([vectorFor(1), vectorFor(2)]);
  });

  it('starts over when it would become too large', () => {
    const folder = temporaryFolder();
    const cache = open(folder, { maxBytes: 3 * recordSize });
    for (const seed of [0, 1, 2, 3]) cache.put([`text ${seed}`], [vectorFor(seed)]);
    expect(cache.get(['text 2', 'text 3'])).toEqual([undefined, vectorFor(3)]);
    expect(statSync(path.join(folder, 'vectors.bin')).size).toBe(recordSize);
  });

  it('goes on without a folder that cannot be written, and says so once', () => {
    const blocked = path.join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    const notices: string[] = [];
    const cache = open(path.join(blocked, 'vectors'), { onNotice: (notice) => notices.push(notice) });
    cache.put(['a'], [vectorFor(1)]);
    cache.put(['b'], [vectorFor(2)]);
    expect(cache.get(['a'])).toEqual([undefined]);
    expect(notices).toEqual([expect.stringMatching(/^vectors are not kept: ".*vectors" cannot be written/)]);
  });

  it('goes on where the file itself cannot be read', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'vectors.bin'));
    expect(open(folder).get(['a'])).toEqual([undefined]);
  });

  it('loses nothing when two processes append at once', async () => {
    const folder = temporaryFolder();
    const source = fileURLToPath(new URL('../../../src/embed/vector-cache.ts', import.meta.url));
    const program = `import { VectorCache } from ${JSON.stringify(source)};
      const cache = new VectorCache({ folder: process.argv[1], dimensions: 4 });
      for (let round = 0; round < 300; round += 1)
        cache.put([0, 1, 2].map((i) => process.argv[2] + (3 * round + i)), [0, 1, 2].map((i) => Float32Array.of(3 * round + i, 1, 2, 3)));`;
    const run = async (name: string): Promise<unknown> => {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', program, folder, name],
        { stdio: 'inherit' },
      );
      const [code] = await once(child, 'exit');
      return code;
    };
    expect(await Promise.all([run('a'), run('b')])).toEqual([0, 0]);
    const texts = ['a', 'b'].flatMap((name) => Array.from({ length: 900 }, (_, index) => `${name}${index}`));
    const found = open(folder).get(texts);
    expect(found.map((vector) => vector?.[0])).toEqual(texts.map((text) => Number(text.slice(1))));
    appendFileSync(path.join(folder, 'vectors.bin'), 'tail');
    expect(open(folder).get(['b899'])[0]?.[0]).toBe(899);
  });

  it('looks up 2,000 vectors of 384 dimensions in well under a second', () => {
    const folder = temporaryFolder();
    const texts = Array.from({ length: 2000 }, (_, index) => `a text of some length, number ${index}`);
    new VectorCache({ folder, dimensions: 384 }).put(
      texts,
      texts.map((_, index) => new Float32Array(384).fill(index)),
    );
    const before = process.cpuUsage();
    const found = open(folder, { dimensions: 384 }).get(texts);
    const { user, system } = process.cpuUsage(before);
    // Measured at 25 to 40 ms.
    expect((user + system) / 1e6).toBeLessThan(1);
    expect(found[1999]?.[383]).toBe(1999);
  });
});
