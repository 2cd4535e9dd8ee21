import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { watchedFile, watchedFileOrThrow, watchedFolder } from '../../../../src/store/follow/file.ts';
import { emptyStore } from '../../../support/store-files.ts';
import { clock } from '../../../support/clock.ts';

/** A time at which the file system's times tell the next change of what is written now. */
const soon = (): number => Date.now() + 60_000;

test('a file that is renamed into place is seen, with the size and the times of the one before', async () => {
  const file = path.join(await emptyStore(), 'verdict.json');
  const watched = watchedFile((text) => text, clock.now);
  expect(watched.read(file)).toBeUndefined();
  const longAgo = new Date('2020-01-01T00:00:00Z');
  for (const text of ['pass', 'fail']) {
    await writeFile(`${file}.tmp`, text);
    await utimes(`${file}.tmp`, longAgo, longAgo);
    await rename(`${file}.tmp`, file);
    expect(watched.read(file)).toBe(text);
  }
  await rm(file);
  expect(watched.read(file)).toBeUndefined();
});

test('edits in place of one size within one tick of the clock are seen, every one', async () => {
  const file = path.join(await emptyStore(), 'verdict.json');
  const watched = watchedFile((text) => text, clock.now);
  for (let index = 0; index < 500; index += 1) {
    const text = index % 2 === 0 ? 'pass' : 'fail';
    writeFileSync(file, text);
    expect(watched.read(file)).toBe(text);
  }
});

test('a file is read again only when it has changed', async () => {
  const file = path.join(await emptyStore(), 'run.json');
  let reads = 0;
  const watched = watchedFile((text) => ((reads += 1), text), soon);
  for (const text of ['one', 'another']) {
    await writeFile(file, text);
    const before = reads;
    expect([watched.read(file), watched.read(file), reads - before]).toEqual([text, text, 1]);
  }
});

test('a file that was changed just now is read again: its next change may look like this one', async () => {
  const file = path.join(await emptyStore(), 'run.json');
  let reads = 0;
  const watched = watchedFile((text) => ((reads += 1), text), clock.now);
  await writeFile(file, 'one');
  const aheadOfIt = new Date(Date.now() + 60_000);
  await utimes(file, aheadOfIt, aheadOfIt);
  expect([watched.read(file), watched.read(file), reads]).toEqual(['one', 'one', 2]);
});

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
  'a file of %i bytes is read whole, and nothing of another',
  async (size) => {
    const file = path.join(await emptyStore(), 'run.json');
    const watched = watchedFile((text) => text, clock.now);
    const text = `${'ä'.repeat(Math.floor(size / 2))}${'a'.repeat(size % 2)}`;
    for (const content of [text, '{}', text]) {
      await writeFile(file, content);
      expect(watched.read(file)).toBe(content);
    }
  },
);

test('another file is another value', async () => {
  const folder = await emptyStore();
  const watched = watchedFile((text, file) => `${path.basename(file)} ${text}`, clock.now);
  for (const name of ['a', 'b']) await writeFile(path.join(folder, name), 'x');
  expect([watched.read(path.join(folder, 'a')), watched.read(path.join(folder, 'b'))]).toEqual([
    'a x',
    'b x',
  ]);
});

test('a folder gives the values of its JSON files by name; temporary files are none', async () => {
  const folder = path.join(await emptyStore(), 'verdicts');
  const watched = watchedFolder(folder, (text) => text, clock.now);
  expect(watched.read()).toEqual([]);
  await mkdir(folder);
  for (const name of ['b.json', 'a.json', '.a.json.1f.tmp', '.c.json', 'history.jsonl'])
    await writeFile(path.join(folder, name), name);
  expect(watched.read()).toEqual(['a.json', 'b.json']);
  await rm(path.join(folder, 'a.json'));
  expect(watched.read()).toEqual(['b.json']);
});

test('a file that cannot be read is an empty one, or an error where it must not be; never an older value', async () => {
  const file = path.join(await emptyStore(), 'run.json');
  const watched = watchedFile((text) => text, clock.now);
  const strict = watchedFileOrThrow((text) => text, clock.now);
  await writeFile(file, 'one');
  expect([watched.read(file), strict.read(file)]).toEqual(['one', 'one']);
  await rm(file);
  await mkdir(file);
  expect(watched.read(file)).toBe('');
  expect(() => strict.read(file)).toThrow(/it is a folder/u);
});
