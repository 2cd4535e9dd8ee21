import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../../src/base/redact.ts';
import { alertRollback, type AlertRollback } from '../../../../src/app/rollback/alert-rollback.ts';
import {
  openRollbackHistory,
  type RollbackHistory,
} from '../../../../src/store/documents/rollback-history.ts';
import { jsonLines } from '../../../support/cli.ts';
import { rollbackPrograms, type RollbackPrograms } from '../../../support/rollback-programs.ts';
import { emptyStore, noon } from '../../../support/store-files.ts';

const secret = 'correct-horse-battery-staple';

interface Setting extends RollbackPrograms {
  readonly folder: string;
  readonly history: RollbackHistory;
  readonly rollback: AlertRollback;
  entries(): Promise<readonly Record<string, any>[]>;
}

async function setting(command?: string, timeoutSeconds?: number): Promise<Setting> {
  const folder = await emptyStore();
  const programs = rollbackPrograms(folder, command, timeoutSeconds);
  const history = openRollbackHistory(folder);
  const { settings } = programs;
  const options = {
    settings,
    workingDirectory: folder,
    history,
    redact: createRedactor([secret]),
    now: () => noon,
  };
  const entries = (): Promise<readonly Record<string, any>[]> =>
    jsonLines(path.join(folder, 'rollbacks/history.jsonl'));
  return { ...programs, folder, history, rollback: alertRollback(options), entries };
}

test('traffic on Green is rolled back and read back', async () => {
  const { rollback, entries, runs, isOnBlue } = await setting();
  expect(await rollback.trigger(['f1'])).toEqual({ outcome: 'done', reason: 'rolled back, and read back' });
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
  expect(await entries()).toEqual([
    {
      schema: 'flipgate.rollback/1',
      at: '2026-11-22T12:00:00.000Z',
      pointer: 'edge',
      trigger: 'alertmanager',
      outcome: 'done',
      causes: ['f1'],
      seconds: 0,
      output: '',
      reason: 'rolled back, and read back',
    },
  ]);
});

test('traffic on Blue is a success without action', async () => {
  const { rollback, runs, folder } = await setting();
  await writeFile(path.join(folder, 'blue'), '');
  expect((await rollback.trigger(['f1'])).outcome).toBe('already');
  expect(await runs()).toBe(0);
});

test('an alert that was seen to is not seen to again, a new one is', async () => {
  const { rollback, runs, goGreen } = await setting();
  await rollback.trigger(['f1']);
  await goGreen();
  expect((await rollback.trigger(['f1'])).outcome).toBe('repeated');
  expect(await runs()).toBe(1);
  expect((await rollback.trigger(['f1', 'f2'])).outcome).toBe('done');
  expect(await runs()).toBe(2);
});

test('a command that ends well and does nothing has failed, and is tried again', async () => {
  const { rollback, runs, entries } = await setting('true');
  const failed = {
    outcome: 'failed',
    reason: expect.stringContaining('the rollback command ended well, and verify says'),
  };
  expect(await rollback.trigger(['f1'])).toEqual(failed);
  expect(await rollback.trigger(['f1'])).toEqual(failed);
  expect(await runs()).toBe(2);
  expect((await entries()).map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
});

test('a command that fails and still had its effect has done it', async () => {
  const { rollback } = await setting('touch blue; exit 1');
  expect((await rollback.trigger(['f1'])).outcome).toBe('done');
});

test('a command that is missing has failed', async () => {
  const { settings, history, folder } = await setting();
  const missing = { ...settings, command: ['/nowhere/rollback'] };
  const rollback = alertRollback({
    settings: missing,
    workingDirectory: folder,
    history,
    redact: (text) => text,
    now: () => noon,
  });
  expect(await rollback.trigger(['f1'])).toEqual({
    outcome: 'failed',
    reason: expect.stringContaining('ENOENT'),
  });
});

test('a command that takes too long is stopped and has failed', async () => {
  const { rollback } = await setting('sleep 300', 0.3);
  expect(await rollback.trigger(['f1'])).toEqual({
    outcome: 'failed',
    reason: expect.stringContaining('it was stopped after 0.3 s'),
  });
});

test('of many calls at once for one alert one acts', async () => {
  const { rollback, runs } = await setting('sleep 0.2; touch blue');
  const found = await Promise.all(Array.from({ length: 20 }, () => rollback.trigger(['f1'])));
  expect(found.map(({ outcome }) => outcome)).toEqual(['done', ...Array<string>(19).fill('repeated')]);
  expect(await runs()).toBe(1);
});

test('of calls at once for different alerts the later ones find traffic on Blue', async () => {
  const { rollback, runs } = await setting('sleep 0.2; touch blue');
  const found = await Promise.all(['f1', 'f2', 'f3'].map((cause) => rollback.trigger([cause])));
  expect(found.map(({ outcome }) => outcome)).toEqual(['done', 'already', 'already']);
  expect(await runs()).toBe(1);
});

test('a history that cannot be written is an error; the rollback was done and is not done again', async () => {
  const { rollback, runs, folder, isOnBlue } = await setting();
  await writeFile(path.join(folder, 'rollbacks'), 'a file in its place');
  await expect(rollback.trigger(['f1'])).rejects.toThrow(/cannot be written/u);
  expect(isOnBlue()).toBe(true);
  await rm(path.join(folder, 'rollbacks'));
  expect((await rollback.trigger(['f1'])).outcome).toBe('repeated');
  expect(await runs()).toBe(1);
});

test('no part of a secret stands in the history, also where the output is cut', async () => {
  for (const before of [0, 7990, 15_980]) {
    const { rollback, entries } = await setting(
      `printf '%s' ${secret}; head -c ${before} /dev/zero | tr '\\0' x; touch blue`,
    );
    await rollback.trigger(['f1']);
    const [{ output }] = (await entries()) as [{ output: string }];
    expect(output).not.toMatch(/staple/u);
    expect(output.length).toBeLessThanOrEqual(8000);
  }
});

test('what goes on is waited for', async () => {
  const { rollback, isOnBlue } = await setting('sleep 0.2; touch blue');
  void rollback.trigger(['f1']);
  await rollback.settled();
  expect(isOnBlue()).toBe(true);
});
