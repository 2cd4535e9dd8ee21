import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom, shuffledIndices } from '../../../src/plan/random.ts';
import { combineWindows } from '../../../src/scoring/windows.ts';
import { openEmbedder } from '../../../src/embed/open.ts';
import {
  bundledFolder,
  contextIn,
  copyOfBundledModel,
  cosine,
  filesNamed,
  lengthOf,
  referencePairs,
  temporaryFolder,
} from '../../support/embed.ts';

const config = { model: 'all-MiniLM-L6-v2', cache: false } as const;
const embedder = openEmbedder(config, { cacheFolder: '/nowhere', workingDirectory: '/', environment: {} });
afterAll(() => embedder.close());

const pairs = referencePairs();
const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];

async function vectorOf(text: string): Promise<Float32Array> {
  const [vector] = await embedder.embed([text]);
  return vector ?? new Float32Array();
}

describe('the bundled model', () => {
  it(
    'agrees with the original on every reference pair within 0.006 and on average within 0.0015',
    { timeout: 60_000 },
    async () => {
      const vectors = await embedder.embed(pairs.flatMap(({ a, b }) => [a, b]));
      const errors = pairs.map((pair, index) =>
        Math.abs(cosine(vectors[2 * index], vectors[2 * index + 1]) - pair.cosine),
      );
      expect(Math.max(...errors)).toBeLessThanOrEqual(0.006);
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThanOrEqual(0.0015);
    },
  );

  it('has an identity that names the model file by its hash', async () => {
    expect(await embedder.identity()).toEqual({
      id: 'all-MiniLM-L6-v2@sha256:e2867bb6f6e4ca2d9d4d0d2c2f388626fa0515abbf32ee110e43225b8f750121',
      dimensions: 384,
      pooling: 'mean',
      window: 256,
    });
  });

  it('gives a text the same bits alone, in any batch and in any order', { timeout: 60_000 }, async () => {
    const sample = Array.from(
      shuffledIndices(texts.length, createRandom(7)).subarray(0, 150),
      (index) => texts[index] ?? '',
    );
    const together = await embedder.embed(sample);
    const reversed = (await embedder.embed(sample.toReversed())).toReversed();
    expect(reversed).toEqual(together);
    for (const [index, text] of sample.slice(0, 40).entries())
      expect(await vectorOf(text)).toEqual(together[index]);
  });

  it('gives the same bits with one thread, with two and with three', { timeout: 60_000 }, async () => {
    const sample = [...texts.slice(0, 60), texts.slice(0, 30).join(' ')];
    const results = [];
    for (const threads of [1, 2, 3]) {
      const other = openEmbedder({ ...config, threads }, contextIn('/nowhere'));
      results.push(await other.embed(sample));
      await other.close();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('embeds a long text as the normalised mean of its windows', { timeout: 60_000 }, async () => {
    // Every word is one token, so that the windows can be cut out of the text.
    const words = Array.from(
      { length: 600 },
      (_, index) => ['gate', 'water', 'index', 'pointer', 'house'][index % 5] ?? '',
    );
    const windows = [0, 127, 254, 346].map((start) => words.slice(start, start + 254).join(' '));
    const expected = combineWindows(await embedder.embed(windows));
    expect(await vectorOf(words.join(' '))).toEqual(expected);
  });

  it('does not cut what lies beyond the first window', async () => {
    const start = 'the pump must be primed before it is started '.repeat(40);
    expect(
      cosine(await vectorOf(start), await vectorOf(`${start}${'purple giraffes sing opera '.repeat(60)}`)),
    ).toBeLessThan(0.95);
  });

  it('embeds the odd texts too', { timeout: 60_000 }, async () => {
    const odd = [
      '',
      ' \n\t ',
      'a\0b',
      'lone \ud800 surrogate',
      '\udc00\ud800',
      '[CLS] [SEP] [PAD]',
      '\u0301'.repeat(5000),
      'x'.repeat(1_000_000),
    ];
    for (const vector of await embedder.embed(odd)) expect(lengthOf(vector)).toBeCloseTo(1, 5);
  });

  it('gives the empty text and one of white space the vector of the special tokens alone', async () => {
    expect(await vectorOf(' \n')).toEqual(await vectorOf(''));
  });

  it(
    'starts on a text of 1 MB at once and stops in the middle of it when told to',
    { timeout: 60_000 },
    async () => {
      const controller = new AbortController();
      const progress: number[] = [];
      const text = 'hello world '.repeat(85_000);
      const embedding = embedder.embed(['short', text], {
        signal: controller.signal,
        onProgress: (done) => {
          progress.push(done);
          if (progress.length === 3) controller.abort();
        },
      });
      await expect(embedding).rejects.toThrow(/abort/i);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      expect(progress.at(-1)).toBeLessThan(0.1);
    },
  );

  it(
    'embeds no more of a text than it may, says of which that is so, and is another embedder then',
    { timeout: 60_000 },
    async () => {
      const few = openEmbedder({ ...config, maxWindows: 2 }, contextIn(temporaryFolder()));
      try {
        // Two windows are 381 tokens; these words are a token each.
        const [long, longer, fits] = [400, 900, 381].map((words) => 'word '.repeat(words));
        const [first, second] = await few.embed([long ?? '', longer ?? '']);
        expect(second).toEqual(first);
        expect(await few.shortened([long ?? '', longer ?? '', fits ?? '', 'short'])).toEqual(
          new Set([long, longer]),
        );
        expect((await few.identity()).id).toMatch(/;max_windows=2$/u);
        expect(await embedder.shortened([longer ?? ''])).toEqual(new Set());
        const huge = 'word '.repeat(33_000);
        expect(await embedder.shortened([huge, 'short'])).toEqual(new Set([huge]));
      } finally {
        await few.close();
      }
    },
  );

  it('embeds equal texts once', async () => {
    const [first, second] = await embedder.embed(['the same', 'the same']);
    expect(second).toBe(first);
  });

  it('has nothing to do for no texts', async () => {
    expect(await embedder.embed([])).toEqual([]);
  });
});

describe('a damaged installation', () => {
  it('is reported with the file that is missing', async () => {
    const folder = copyOfBundledModel();
    rmSync(path.join(folder, 'tokenizer.json'));
    const damaged = openEmbedder(config, contextIn(temporaryFolder(), { bundledFolder: folder }));
    await expect(damaged.embed(['x'])).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 4,
      message: expect.stringMatching(
        /^model file ".*tokenizer\.json" is missing \(expected SHA-256 be50c3628f2b/,
      ),
      hint: expect.stringContaining('install'),
    });
  });

  it.each(['config.json', 'onnx/model.onnx', 'tokenizer_config.json', 'SHA256SUMS'])(
    'is noticed by one changed byte of %s',
    async (name) => {
      const folder = copyOfBundledModel();
      const bytes = readFileSync(path.join(folder, name));
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      writeFileSync(path.join(folder, name), bytes);
      const damaged = openEmbedder(config, contextIn(temporaryFolder(), { bundledFolder: folder }));
      const problem = {
        exitCode: 4,
        message: expect.stringMatching(
          /is not the one that was shipped: expected SHA-256 [\da-f]{64}, found [\da-f]{64}$/,
        ),
      };
      await expect(damaged.embed(['x'])).rejects.toMatchObject(problem);
      await expect(damaged.identity()).rejects.toMatchObject(problem);
    },
  );

  it('is not fixed by a changed list of hashes', async () => {
    const folder = copyOfBundledModel();
    appendFileSync(path.join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  more.json\n`);
    const damaged = openEmbedder(config, contextIn(temporaryFolder(), { bundledFolder: folder }));
    await expect(damaged.identity()).rejects.toMatchObject({ exitCode: 4 });
  });
});

describe('the optimised copy of the model', () => {
  async function embedWithCopy(cacheFolder: string): Promise<readonly Float32Array[]> {
    const own = openEmbedder(
      { model: 'all-MiniLM-L6-v2' },
      { cacheFolder, workingDirectory: '/', environment: {}, bundledFolder },
    );
    const vectors = await own.embed(texts.slice(0, 60));
    await own.close();
    rmSync(path.join(cacheFolder, 'vectors'), { recursive: true, force: true });
    return vectors;
  }

  it(
    'gives the same bits as the model, when made, when used, and when made again because a byte was wrong',
    { timeout: 60_000 },
    async () => {
      const cacheFolder = temporaryFolder();
      const direct = await embedder.embed(texts.slice(0, 60));
      expect(await embedWithCopy(cacheFolder)).toEqual(direct);
      const [copy = ''] = filesNamed(cacheFolder, 'model.onnx.data');
      const sound = readFileSync(copy);
      expect(await embedWithCopy(cacheFolder)).toEqual(direct);
      const broken = Buffer.from(sound);
      broken[50_000_000] = (broken[50_000_000] ?? 0) ^ 64;
      writeFileSync(copy, broken);
      expect(await embedWithCopy(cacheFolder)).toEqual(direct);
      expect(readFileSync(copy).equals(sound)).toBe(true);
    },
  );
});
