import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError, exitCodes } from '../../../src/base/errors.ts';
import { fileHash, readLines, toWriteError, writeAtomically } from '../../../src/base/files.ts';
import { inFolder } from '../../support/cli.ts';

test('an atomic write makes folders, replaces what was there and leaves nothing beside it', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'a', 'b.json');
    await writeAtomically(file, 'one');
    await writeAtomically(file, 'two');
    expect([await readFile(file, 'utf8'), await readdir(path.dirname(file))]).toEqual(['two', ['b.json']]);
  }));

test('a failed atomic write is an error with exit 4, keeps the old file and leaves nothing beside it', () =>
  inFolder(async (folder) => {
    await mkdir(path.join(folder, 'taken'));
    const failed = writeAtomically(path.join(folder, 'taken'), 'x');
    await expect(failed).rejects.toMatchObject({
      exitCode: exitCodes.error,
      message: expect.stringContaining('cannot be written'),
    });
    expect(await readdir(folder)).toEqual(['taken']);
    await writeFile(path.join(folder, 'file'), 'kept');
    await expect(writeAtomically(path.join(folder, 'file', 'x'), 'y')).rejects.toThrow(
      /cannot be written: a part of the path is a file/u,
    );
  }));

test.each([
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'permission denied'],
  ['EDQUOT', 'the disk quota is used up'],
])('%s is told in words', (code, words) => {
  const error = toWriteError('/store/x', Object.assign(new Error(code), { code, errno: -1 }));
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toBe(`"/store/x" cannot be written: ${words}`);
});

test('a bug is not taken for a full disk', () => {
  const bug = new TypeError('x is not a function');
  expect(toWriteError('/store/x', bug)).toBe(bug);
});

test('the hash of a file is that of its bytes; a missing one has none', () =>
  inFolder(async (folder) => {
    await writeFile(path.join(folder, 'f'), 'abc');
    expect(await fileHash(path.join(folder, 'f'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(await fileHash(path.join(folder, 'g'))).toBeUndefined();
  }));

test('lines come with their place and whether they were cut; a missing file has none', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'lines');
    await writeFile(file, 'é\n\nabc');
    expect([...readLines(file)]).toEqual([
      { text: 'é', start: 0, length: 2, whole: true },
      { text: '', start: 3, length: 0, whole: true },
      { text: 'abc', start: 4, length: 3, whole: false },
    ]);
    expect([...readLines(path.join(folder, 'none'))]).toEqual([]);
  }));

test('lines that cross the borders of what is read at a time, and lines longer than that, come whole', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'lines');
    const lines = [1, (1 << 20) - 2, 1, 1 << 20, 3 << 20, 5, 0, (1 << 20) + 1].map((size, index) =>
      String(index % 10).repeat(size),
    );
    await writeFile(file, `${lines.join('\n')}\n`);
    const bytes = await readFile(file);
    const read = [...readLines(file)];
    expect(read.map(({ text }) => text.length)).toEqual(lines.map(({ length }) => length));
    for (const { text, start, length, whole } of read)
      expect([bytes.toString('utf8', start, start + length) === text, whole]).toEqual([true, true]);
  }));
