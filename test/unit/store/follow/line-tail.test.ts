import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LineTail, type TailOptions } from '../../../../src/store/follow/line-tail.ts';
import { emptyStore } from '../../../support/store-files.ts';

interface Tailed {
  readonly file: string;
  /** What a look finds: whether there is more, and the lines that came. */
  look(most?: number): { state: string; lines: readonly string[] };
}

async function tailed(options?: TailOptions): Promise<Tailed> {
  const file = path.join(await emptyStore(), 'lines.jsonl');
  const tail = new LineTail(file, options);
  return {
    file,
    look(most) {
      const lines: string[] = [];
      const state = tail.read(
        { each: (line) => lines.push(line), onRewritten: () => lines.push('(anew)') },
        most,
      );
      return { state, lines };
    },
  };
}

test('each whole line is read once, empty ones never', async () => {
  const { file, look } = await tailed();
  expect(look()).toEqual({ state: 'missing', lines: [] });
  await writeFile(file, 'one\n\ntwö\nthr');
  expect(look()).toEqual({ state: 'all', lines: ['one', 'twö'] });
  expect(look()).toEqual({ state: 'all', lines: [] });
  await appendFile(file, 'ee\n');
  expect(look()).toEqual({ state: 'all', lines: ['three'] });
});

test('a look reads no more than it may, but for the pieces that it reads in, and the next one goes on', async () => {
  const { file, look } = await tailed();
  const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  const read: string[] = [];
  let looks = 0;
  for (let state = 'more'; state === 'more'; looks += 1) {
    const found = look(1 << 20);
    expect(found.lines.join('\n').length).toBeLessThan((1 << 20) + (1 << 18));
    read.push(...found.lines);
    state = found.state;
  }
  expect([looks, read.length]).toEqual([3, lines.length]);
  expect(read).toEqual(lines);
});

test.each([300_000, 2_000_000])(
  'a line of %i bytes is passed over where that is too long, and what follows is not',
  async (length) => {
    const { file, look } = await tailed({ longestLine: 200_000 });
    await writeFile(file, `before\n${'x'.repeat(length)}`);
    expect(look()).toEqual({ state: 'all', lines: ['before'] });
    await appendFile(file, 'x\nafter\n');
    expect(look()).toEqual({ state: 'all', lines: ['after'] });
  },
);

test('a file that is shorter or another one is read anew', async () => {
  const { file, look } = await tailed();
  await writeFile(file, 'one\ntwo\n');
  look();
  await writeFile(file, 'two\n');
  expect(look().lines).toEqual(['(anew)', 'two']);
  await writeFile(`${file}.tmp`, 'one\ntwo\nthree\n');
  await rename(`${file}.tmp`, file);
  expect(look().lines).toEqual(['(anew)', 'one', 'two', 'three']);
  await rm(file);
  expect(look().state).toBe('missing');
});
