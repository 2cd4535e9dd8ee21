import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openRollbackHistory, type RollbackEntry } from '../../../../src/store/documents/rollback-history.ts';
import { emptyStore } from '../../../support/store-files.ts';

const entry = (more: Partial<RollbackEntry> = {}): RollbackEntry => ({
  schema: 'flipgate.rollback/1',
  at: '2026-11-22T12:00:00.000Z',
  pointer: 'edge',
  trigger: 'alertmanager',
  outcome: 'done',
  causes: ['f1 2026-11-22T11:59:00.000Z'],
  seconds: 1,
  output: '',
  reason: 'rolled back',
  ...more,
});
const count = (outcome: string, times: number): object => ({
  pointer: 'edge',
  trigger: 'alertmanager',
  outcome,
  count: times,
});
const fileOf = (store: string): string => path.join(store, 'rollbacks/history.jsonl');

test('a restart forgets nothing', async () => {
  const store = await emptyStore();
  const history = openRollbackHistory(store);
  expect([history.counts(), history.isDone('f1')]).toEqual([[], false]);
  history.add(entry());
  history.add(entry({ outcome: 'already', causes: ['f2', 'f3'] }));
  history.add(entry({ outcome: 'failed', causes: ['f4'] }));
  history.add(entry({ causes: ['f5'] }));
  for (const known of [history, openRollbackHistory(store)]) {
    expect(known.counts()).toEqual([count('done', 2), count('already', 1), count('failed', 1)]);
    expect(['f1 2026-11-22T11:59:00.000Z', 'f2', 'f3', 'f5'].every((cause) => known.isDone(cause))).toBe(
      true,
    );
    expect(known.isDone('f4')).toBe(false);
  }
});

test('a line that was cut is passed over, and takes nothing of what is added after it', async () => {
  const store = await emptyStore();
  const whole = JSON.stringify(entry({ causes: ['f1'] }));
  await mkdir(path.dirname(fileOf(store)));
  await writeFile(fileOf(store), `${whole}\n${whole.slice(0, 50)}`);
  const history = openRollbackHistory(store);
  for (const cause of ['f2', 'f3']) history.add(entry({ causes: [cause] }));
  const again = openRollbackHistory(store);
  expect(['f1', 'f2', 'f3'].map((cause) => again.isDone(cause))).toEqual([true, true, true]);
  expect(again.counts()).toEqual([count('done', 3)]);
});

test('lines of other programs, of newer versions, and with outcomes that are none are passed over', async () => {
  const store = await emptyStore();
  await mkdir(path.dirname(fileOf(store)));
  const odd = [
    null,
    [],
    {},
    { ...entry(), schema: 'flipgate.rollback/2' },
    { ...entry(), outcome: 'well' },
    { ...entry(), causes: 'f1' },
  ];
  await writeFile(fileOf(store), odd.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(openRollbackHistory(store).counts()).toEqual([]);
});

test('a history that cannot be written is an error, and what was done counts all the same', async () => {
  const store = await emptyStore();
  const history = openRollbackHistory(store);
  await rm(store, { recursive: true });
  await writeFile(store, 'a file in its place');
  expect(() => history.add(entry({ causes: ['f1'] }))).toThrow(/cannot be written/u);
  expect(history.isDone('f1')).toBe(true);
});

test('every entry is one line', async () => {
  const store = await emptyStore();
  openRollbackHistory(store).add(entry({ output: 'two\nlines', reason: 'x\ny' }));
  expect((await readFile(fileOf(store), 'utf8')).split('\n')).toHaveLength(2);
});
