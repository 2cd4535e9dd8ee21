import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbedder } from '../../../src/embed/open.ts';
import { contextIn, filesNamed, temporaryFolder } from '../../support/embed.ts';

describe('the vectors of a model', () => {
  it('takes what was kept, once some of it was computed again', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const first = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder));
    const vectors = await first.embed(['a', 'b']);
    await first.close();
    const second = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder));
    expect(await second.embed(['b', 'a'])).toEqual(vectors.toReversed());
    await second.close();
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
    'drops what was kept where a vector was changed, and takes nothing where everything is to be computed anew',
    { timeout: 60_000 },
    async () => {
      const folder = temporaryFolder();
      const first = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder));
      const [computed] = await first.embed(['a']);
      await first.close();
      // As somebody does who can write the cache: another text's vector, with the checksum that it has to have.
      const [kept = ''] = filesNamed(folder, 'vectors.bin');
      const record = readFileSync(kept);
      record.writeFloatLE(9, 40);
      createHash('sha256')
        .update(record.subarray(0, -8))
        .digest()
        .copy(record, record.length - 8, 0, 8);
      writeFileSync(kept, record);
      const notices: string[] = [];
      const onNotice = (notice: string): void => void notices.push(notice);
      const poisoned = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder, { onNotice }));
      expect((await poisoned.embed(['a']))[0]).toEqual(computed);
      expect(notices).toEqual([expect.stringContaining('all of them are dropped')]);
      await poisoned.close();
      writeFileSync(kept, record);
      const anew = openEmbedder({ model: 'all-MiniLM-L6-v2' }, contextIn(folder, { anew: true }));
      expect((await anew.embed(['a']))[0]).toEqual(computed);
      await anew.close();
    },
  );

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
