import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealed } from '../../../../src/base/integrity/sealed.ts';
import {
  openRollback,
  openRollbackLog,
  rollbackCounts,
  rolledBackIn,
  type RollbackEvent,
} from '../../../../src/store/documents/rollback.ts';
import { emptyStore, iso, noon, rollbackLines } from '../../../support/store-files.ts';

const fileOf = (store: string): string => path.join(store, 'rollbacks/history.jsonl');
const textOf = (events: readonly RollbackEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

test('what was added is read by every process, in its order, also by one that had it open before', async () => {
  const store = await emptyStore();
  const [one, other] = [openRollbackLog(store, Date.now), openRollbackLog(store, Date.now)];
  expect([one.events(), other.events()]).toEqual([[], []]);
  const lines = [
    ...rollbackLines(),
    ...rollbackLines({ id: 'b', outcome: 'failed' }),
    ...rollbackLines({ id: 'c', outcome: 'open' }),
  ];
  for (const [index, line] of lines.entries()) await (index % 2 === 0 ? one : other).add(line);
  for (const log of [one, other, openRollbackLog(store, Date.now)])
    expect(log.events()).toEqual(lines.map((event) => sealed(event)));
  expect(rollbackCounts(lines)).toEqual([
    { pointer: 'edge', trigger: 'alertmanager', outcome: 'done', count: 1 },
    { pointer: 'edge', trigger: 'alertmanager', outcome: 'failed', count: 1 },
  ]);
});

test('the one that was begun and has not ended is open, for its own pointer', () => {
  const lines = [...rollbackLines(), ...rollbackLines({ id: 'b', outcome: 'open' })];
  expect(openRollback(lines, 'edge')?.id).toBe('b');
  expect(openRollback(lines, 'mesh')).toBeUndefined();
  expect(openRollback(rollbackLines(), 'edge')).toBeUndefined();
});

test('an artifact counts as rolled back from the end of its rollback, and from its begin while it goes on', () => {
  const at = (second: number): string => iso(noon + 1000 * second);
  const artifact = 'a'.repeat(64);
  expect(rolledBackIn(rollbackLines({ at: 5 }))).toEqual([{ arm: 'green', artifact, at: at(7) }]);
  expect(rolledBackIn(rollbackLines({ at: 5, outcome: 'failed' }))).toEqual([
    { arm: 'green', artifact, at: at(7) },
  ]);
  expect(rolledBackIn(rollbackLines({ at: 5, outcome: 'open' }))).toEqual([
    { arm: 'green', artifact, at: at(5) },
  ]);
});

test('cut anywhere, a log has the lines that were whole, and what is added then stands on its own', async () => {
  const store = await emptyStore();
  const before = [...rollbackLines(), ...rollbackLines({ id: 'b' })];
  const text = textOf(before);
  await mkdir(path.dirname(fileOf(store)));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length }), async (length) => {
      await writeFile(fileOf(store), text.slice(0, length));
      const log = openRollbackLog(store, Date.now);
      const whole = text.slice(0, length).split('\n').length - 1;
      // A line that lacks nothing but its line feed is whole too.
      const known = log.events();
      expect([before.slice(0, whole), before.slice(0, whole + 1)]).toContainEqual(known);
      const added = rollbackLines({ id: 'later' });
      for (const line of added) await log.add(line);
      expect(openRollbackLog(store, Date.now).events()).toEqual([
        ...known,
        ...added.map((event) => sealed(event)),
      ]);
    }),
    { numRuns: 100 },
  );
});

test('lines of other programs are passed over', async () => {
  const store = await emptyStore();
  await mkdir(path.dirname(fileOf(store)));
  const [begun] = rollbackLines();
  const odd = [null, [], {}, { ...begun, schema: 'other.rollback/1' }, { ...begun, schema: 1 }];
  await writeFile(fileOf(store), odd.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(openRollbackLog(store, Date.now).events()).toEqual([]);
});

test.each([
  [{ schema: 'flipgate.rollback/2' }, 'is of flipgate.rollback/2, newer than this version reads'],
  [{ rolled_back: 'green' }, 'no rollback that this version can read: rolled_back: '],
  [{ event: 'undone' }, 'no rollback that this version can read: event: '],
  [{ causes: 'f1' }, 'no rollback that this version can read: causes: '],
])(
  'a line of ours with %j is an error: what was rolled back must not be forgotten',
  async (damage, problem) => {
    const store = await emptyStore();
    await mkdir(path.dirname(fileOf(store)));
    const [begun] = rollbackLines();
    await writeFile(fileOf(store), textOf([...rollbackLines(), { ...begun, ...damage } as RollbackEvent]));
    const told = expect.objectContaining({ exitCode: 4, message: expect.stringContaining(problem) });
    expect(() => openRollbackLog(store, Date.now).events()).toThrow(told);
  },
);

test('a line that was edited since still bars what it names', async () => {
  const store = await emptyStore();
  const log = openRollbackLog(store, Date.now);
  for (const line of rollbackLines()) await log.add(line);
  const text = await readFile(fileOf(store), 'utf8');
  await writeFile(fileOf(store), text.replace('"trigger":"alertmanager"', '"trigger":"by hand"'));
  const [barred] = rolledBackIn(openRollbackLog(store, Date.now).events());
  expect(barred?.artifact).toBe('a'.repeat(64));
});

test('what cannot be written is an error and remembered, and written with the next one that can', async () => {
  const store = await emptyStore();
  const log = openRollbackLog(store, Date.now);
  const [begun, ended] = rollbackLines() as [RollbackEvent, RollbackEvent];
  await writeFile(path.join(store, 'rollbacks'), 'a file in its place');
  await expect(log.add(begun)).rejects.toThrow(/cannot be written/u);
  expect(log.events()).toEqual([sealed(begun)]);
  await rm(path.join(store, 'rollbacks'));
  await log.add(ended);
  expect([log.events(), openRollbackLog(store, Date.now).events()]).toEqual([
    [sealed(begun), sealed(ended)],
    [sealed(begun), sealed(ended)],
  ]);
});

test('a log that cannot be read is an error, not an empty one', async () => {
  const store = await emptyStore();
  await mkdir(fileOf(store), { recursive: true });
  expect(() => openRollbackLog(store, Date.now).events()).toThrow(/cannot be read/u);
});

test('every event is one line', async () => {
  const store = await emptyStore();
  const [, ended] = rollbackLines() as [RollbackEvent, RollbackEvent];
  await openRollbackLog(store, Date.now).add({ ...ended, reason: 'x\ny' } as RollbackEvent);
  expect((await readFile(fileOf(store), 'utf8')).split('\n')).toHaveLength(2);
});
