import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/base/errors.ts';
import { lockFile, lockRun, tryLock, waitForLock, type Release } from '../../../src/store/lock.ts';
import { uniqueName } from '../../../src/store/lock-holder.ts';
import { inFolder } from '../../support/cli.ts';
import { pidOfTheDead, plantLock } from '../../support/locks.ts';
import { clock } from '../../support/clock.ts';

async function inLockFolder(use: (lock: string, folder: string) => Promise<void>): Promise<void> {
  await inFolder((folder) => use(path.join(folder, 'lock'), folder));
}

/** The name of the holder's file. */
async function holderIn(lock: string): Promise<string | undefined> {
  return (await readdir(lock).catch(() => []))[0];
}

test('a lock names its holder until it is released, and leaves nothing behind', () =>
  inLockFolder(async (lock, folder) => {
    const release = await lockRun(lock);
    const holder = await readFile(path.join(lock, (await holderIn(lock))!), 'utf8');
    expect(JSON.parse(holder)).toMatchObject({ pid: process.pid, host: expect.any(String) });
    expect(await readdir(folder)).toEqual(['lock']);
    await release();
    expect(await readdir(folder)).toEqual([]);
    await release();
  }));

test('a second one is refused with the process id of the first', () =>
  inLockFolder(async (lock, folder) => {
    const release = await lockRun(lock);
    const message = `the run is in use by process ${process.pid}`;
    await expect(lockRun(lock)).rejects.toMatchObject({ message, exitCode: exitCodes.error });
    expect(await readdir(folder)).toEqual(['lock']);
    await release();
  }));

test('of many at once exactly one gets it', () =>
  inLockFolder(async (lock) => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(lock)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  }));

test('a lock of a process that is dead is taken over', () =>
  inLockFolder(async (lock) => {
    await plantLock(lock, { pid: await pidOfTheDead() });
    const release = await lockRun(lock);
    expect(await readdir(lock)).not.toContain('planted');
    await release();
  }));

test('a lock that a kill left empty is free', () =>
  inLockFolder(async (lock) => {
    await mkdir(lock);
    await (
      await lockRun(lock)
    )();
  }));

test('what processes left that were killed while they made a lock is deleted, and nothing of others', () =>
  inLockFolder(async (lock, folder) => {
    const own = uniqueName();
    const ofTheDead = own.replace(String(process.pid), String(await pidOfTheDead()));
    const kept = [own, ofTheDead.replace(/-[0-9a-f]{8}-/u, '-00000000-'), 'txt'].map(
      (name) => `lock.${name}`,
    );
    for (const name of [`lock.${ofTheDead}`, ...kept, ofTheDead]) await mkdir(path.join(folder, name));
    await (
      await lockRun(lock)
    )();
    expect((await readdir(folder)).toSorted()).toEqual([...kept, ofTheDead].toSorted());
  }));

test('a lock of another host counts as alive; the message says which, since when, and how to delete it', () =>
  inLockFolder(async (lock) => {
    const pid = await pidOfTheDead();
    await plantLock(lock, { pid, host: 'elsewhere' });
    const attempt = await tryLock(lock);
    const since = attempt.kind === 'held' ? new Date(attempt.by.since).toISOString() : '';
    await expect(lockFile(lock, 'pointer "edge"')).rejects.toMatchObject({
      message: `pointer "edge" has been in use by process ${pid} on host "elsewhere" since ${since}`,
      hint: expect.stringContaining(`rm -r "${lock}"`),
      exitCode: exitCodes.error,
    });
    expect(await readdir(lock)).toEqual(['planted']);
  }));

test('what cannot be read is left alone: a newer version may have written it', () =>
  inLockFolder(async (lock) => {
    await mkdir(lock);
    await writeFile(path.join(lock, 'strange'), 'garbage');
    await expect(lockRun(lock)).rejects.toMatchObject({
      message: expect.stringContaining('something this version cannot read'),
      hint: expect.stringContaining(`rm -r "${lock}"`),
    });
  }));

test.each<readonly [string, (lock: string, folder: string) => Promise<void>]>([
  ['a file', (lock) => writeFile(lock, '')],
  ['a link to a folder', (lock, folder) => symlink(folder, lock)],
])('%s where a lock goes is an error and is neither replaced nor followed', (_, plant) =>
  inLockFolder(async (lock, folder) => {
    await plant(lock, folder);
    await expect(lockRun(lock)).rejects.toMatchObject({ exitCode: exitCodes.error });
    expect(await readdir(folder)).toEqual(['lock']);
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

test('releasing what was deleted by hand and taken by another deletes nothing, whatever happens in between', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom('take', 'delete'), fc.nat({ max: 9 })), { maxLength: 30 }),
      async (steps) =>
        inLockFolder(async (lock) => {
          const taken: { readonly name: string; readonly release: Release }[] = [];
          let holder: string | undefined;
          for (const step of steps) {
            if (step === 'take') {
              const attempt = await tryLock(lock);
              expect(attempt.kind).toBe(holder === undefined ? 'taken' : 'held');
              if (attempt.kind === 'held') continue;
              holder = (await holderIn(lock))!;
              taken.push({ name: holder, release: attempt.release });
            } else if (step === 'delete') {
              await rm(lock, { recursive: true, force: true });
              holder = undefined;
            } else {
              const one = taken[step % Math.max(1, taken.length)];
              await one?.release();
              if (one?.name === holder) holder = undefined;
            }
            expect(await holderIn(lock)).toBe(holder);
          }
        }),
    ),
    { numRuns: 50 },
  ));

function waiting(
  limitSeconds: number,
  signal = new AbortController().signal,
): Parameters<typeof waitForLock>[1] {
  return { what: 'the pointer', clock, limitSeconds, signal };
}

test('who waits gets the lock when it is released', () =>
  inLockFolder(async (lock) => {
    const release = await lockRun(lock);
    const waited = waitForLock(lock, waiting(60));
    await release();
    await (
      await waited
    )();
  }));

test('who waits is told the holder at the limit', () =>
  inLockFolder(async (lock) => {
    const release = await lockRun(lock);
    await expect(waitForLock(lock, waiting(0.05))).rejects.toMatchObject({
      message: `the pointer is in use by process ${process.pid}`,
    });
    await release();
  }));

test('who waits stops at once when told so', () =>
  inLockFolder(async (lock) => {
    const release = await lockRun(lock);
    const controller = new AbortController();
    const waited = waitForLock(lock, waiting(3600, controller.signal));
    controller.abort(new Error('no longer needed'));
    await expect(waited).rejects.toThrow('no longer needed');
    await release();
  }));
