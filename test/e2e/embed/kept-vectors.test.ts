import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbedder } from '../../../src/embed/open.ts';
import { contextIn, copyOfBundledModel, filesNamed, temporaryFolder } from '../../support/embed.ts';

describe('the vectors of a model', () => {
  it('does not load the bundled model when every vector is at hand', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const bundledFolder = copyOfBundledModel();
    const first = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder, { bundledFolder }));
    const vectors = await first.embed(['a', 'b']);
    await first.close();
    const second = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder, { bundledFolder }));
    await second.identity();
    // Without its files no model can be loaded any more.
    rmSync(bundledFolder, { recursive: true });
    rmSync(path.join(folder, 'cache', 'models'), { recursive: true });
    expect(await second.embed(['b', 'a'])).toEqual(vectors.toReversed());
    await expect(second.embed(['c'])).rejects.toThrow('cannot be loaded');
  });

  it('works without a cache folder that can be written, and says so', { timeout: 60_000 }, async () => {
    const blocked = path.join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    const notices: string[] = [];
    const context = contextIn(blocked, { onNotice: (notice) => notices.push(notice) });
    const embedder = openEmbedder({ model: 'all-MiniLM-L6-v2' }, context);
    expect(await embedder.embed(['a', 'b'])).toHaveLength(2);
    await embedder.close();
    expect(notices).toEqual([expect.stringContaining('vectors are not kept')]);
  });

  it(
    'keeps nothing where the configuration says so, and elsewhere where it names a folder',
    { timeout: 60_000 },
    async () => {
      const folder = temporaryFolder();
      for (const cache of [false, './kept'] as const) {
        const embedder = openEmbedder({ model: 'all-MiniLM-L6-v2', cache }, contextIn(folder));
        await embedder.embed(['a']);
        await embedder.close();
      }
      expect(
        filesNamed(folder, 'vectors.bin').map((file) => path.relative(folder, file).split(path.sep)[0]),
      ).toEqual(['kept']);
    },
  );
});
