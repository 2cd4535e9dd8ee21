import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/base/errors.ts';
import { openJournal } from '../../../src/store/journal.ts';
import { inFolder } from '../../support/cli.ts';

test('lines are in the file when their append resolves, in the order in which they were appended', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'calls.jsonl');
    const journal = await openJournal(file);
    await journal.append('0\n');
    expect(await readFile(file, 'utf8')).toBe('0\n');
    const lines = Array.from({ length: 500 }, (_, index) => `${index + 1} ${'x'.repeat(index)}\n`);
    await Promise.all(lines.map((line) => journal.append(line)));
    expect(await readFile(file, 'utf8')).toBe(`0\n${lines.join('')}`);
    await journal.close();
  }));

test('it goes on behind what is there', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'calls.jsonl');
    for (const line of ['a\n', 'b\n']) {
      const journal = await openJournal(file);
      await journal.append(line);
      await journal.close();
    }
    expect(await readFile(file, 'utf8')).toBe('a\nb\n');
  }));

test.runIf(existsSync('/dev/full'))(
  'a full disk rejects what was appended, everything after it, and the close',
  async () => {
    const journal = await openJournal('/dev/full');
    const full = { exitCode: exitCodes.error, message: '"/dev/full" cannot be written: the disk is full' };
    const appends = await Promise.allSettled([journal.append('a\n'), journal.append('b\n')]);
    for (const append of appends) expect(append).toMatchObject({ status: 'rejected', reason: full });
    await expect(journal.append('c\n')).rejects.toMatchObject(full);
    await expect(journal.close()).rejects.toMatchObject(full);
  },
);

test('a journal that cannot be opened is a clear error', () =>
  inFolder(async (folder) => {
    await expect(openJournal(folder)).rejects.toMatchObject({ exitCode: exitCodes.error });
  }));
