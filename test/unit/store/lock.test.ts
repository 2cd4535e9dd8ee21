import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/base/errors.ts';
import { lockRun } from '../../../src/store/lock.ts';
import { inFolder } from '../../support/cli.ts';

test('a lock is there until it is let go of, and leaves nothing behind', () =>
  inFolder(async (folder) => {
    const release = await lockRun(path.join(folder, 'lock'));
    expect(JSON.parse(await readFile(path.join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(['lock']);
    await release();
    expect(await readdir(folder)).toEqual([]);
  }));

test('a second one is refused with the process id of the first', () =>
  inFolder(async (folder) => {
    const release = await lockRun(path.join(folder, 'lock'));
    const message = `the run is in use by process ${process.pid}`;
    await expect(lockRun(path.join(folder, 'lock'))).rejects.toMatchObject({
      message,
      exitCode: exitCodes.error,
    });
    await release();
  }));

test('of many at once exactly one gets it', () =>
  inFolder(async (folder) => {
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => lockRun(path.join(folder, 'lock'))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  }));

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('close', resolve));
  return child.pid!;
}

test.each<readonly [string, () => Promise<string>]>([
  ['of a process that is gone', async () => JSON.stringify({ pid: await pidOfTheDead() })],
  // Only where the system tells when a process started.
  ...(existsSync('/proc/self/stat')
    ? [
        [
          'of another process that has its id by now',
          async () => JSON.stringify({ pid: process.pid, started: 'another-boot:1' }),
        ] as const,
      ]
    : []),
  ['that was never a lock', async () => 'garbage'],
  ['that is empty', async () => ''],
])('a lock %s is taken over', (_, content) =>
  inFolder(async (folder) => {
    await writeFile(path.join(folder, 'lock'), await content());
    const release = await lockRun(path.join(folder, 'lock'));
    expect(JSON.parse(await readFile(path.join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await release();
  }),
);

test('a store that cannot be written to is a clear error, not a lock of somebody', () =>
  inFolder(async (folder) => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(lockRun(path.join(folder, 'file', 'lock'))).rejects.toMatchObject({
      exitCode: exitCodes.error,
      message: expect.stringContaining('cannot be written'),
    });
  }));
