import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeOutput } from '../../../src/base/output-file.ts';
import { emptyStore } from '../../support/store-files.ts';

test('a file is written whole, its folder too', async () => {
  const folder = await emptyStore();
  await writeOutput(path.join(folder, 'a/b.txt'), ['one ', 'two']);
  expect(await readFile(path.join(folder, 'a/b.txt'), 'utf8')).toBe('one two');
  expect(await readdir(path.join(folder, 'a'))).toEqual(['b.txt']);
});

test('a link stays a link: what it leads to is written', async () => {
  const folder = await emptyStore();
  await writeFile(path.join(folder, 'target'), 'old');
  await symlink('target', path.join(folder, 'link'));
  await writeOutput(path.join(folder, 'link'), 'new');
  expect((await lstat(path.join(folder, 'link'))).isSymbolicLink()).toBe(true);
  expect(await readFile(path.join(folder, 'target'), 'utf8')).toBe('new');
});

test('a pipe stays a pipe: its reader gets the text', async () => {
  const folder = await emptyStore();
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const read = readFile(pipe, 'utf8');
  await writeOutput(pipe, ['one ', 'two']);
  expect(await read).toBe('one two');
  expect((await lstat(pipe)).isFIFO()).toBe(true);
});

test('a device that takes nothing is an error, and is a device still', async () => {
  await expect(writeOutput('/dev/full', 'text')).rejects.toMatchObject({
    message: expect.stringContaining('the disk is full'),
    exitCode: 4,
  });
  expect((await lstat('/dev/full')).isCharacterDevice()).toBe(true);
});

test('a folder is refused with what to do', async () => {
  const folder = await emptyStore();
  await mkdir(path.join(folder, 'there'));
  await expect(writeOutput(path.join(folder, 'there'), 'text')).rejects.toMatchObject({
    message: expect.stringContaining('is a folder'),
    exitCode: 2,
  });
});
