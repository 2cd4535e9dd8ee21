import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { addCalls, emptyStore, runId, writeRun } from '../../../support/store-files.ts';
import { callsOf, follow, ok } from './followed.ts';

/** A time at which the file system's times tell the next change of what is written now. */
const soon = (): number => Date.now() + 60_000;

test('a store that is gone is an error at every look, until it is back', async () => {
  const store = await emptyStore();
  await writeRun(store);
  const follower = follow(store);
  follower.look();
  await rename(store, `${store}-away`);
  for (let looks = 0; looks < 2; looks += 1) expect(() => follower.refresh()).toThrow(/ENOENT/u);
  await rename(`${store}-away`, store);
  expect(follower.look()?.outcomes.ok).toBe(8);
});

test('a run that cannot be read is a damaged one and stops no other, also where the folder does not change; then everything counts once', async () => {
  const store = await emptyStore();
  await writeRun(store, { summary: { calls: callsOf(3) } });
  await writeRun(store, { at: 60, summary: { calls: callsOf(4) } });
  const record = path.join(store, runId({ at: 60 }), 'run.json');
  await rename(record, `${record}-away`);
  await mkdir(record);
  await utimes(store, new Date('2020-01-01T00:00:00Z'), new Date('2020-01-01T00:00:00Z'));
  const follower = follow(store, soon);
  for (let looks = 0; looks < 3; looks += 1) expect(follower.look()?.outcomes.ok).toBe(3);
  expect(follower.arms()).toMatchObject([{ newest: { id: runId({ at: 60 }), status: 'damaged' } }]);
  await rm(record, { recursive: true });
  await rename(`${record}-away`, record);
  expect(follower.look()?.outcomes.ok).toBe(7);
  expect(follower.arms()).toMatchObject([{ newest: { id: runId({ at: 60 }) } }]);
});

test('an ending that was seen while another run could not be read is not forgotten', async () => {
  const store = await emptyStore();
  await writeRun(store);
  await addCalls(store, runId({ at: 60 }), [ok(1)]);
  await addCalls(store, runId({ at: 60, tail: 'bbbbbb' }), [ok(1)]);
  const follower = follow(store);
  follower.look();
  await writeRun(store, { at: 60, status: 'aborted' });
  const record = path.join(store, runId({ at: 60, tail: 'bbbbbb' }), 'run.json');
  await mkdir(record);
  for (let looks = 0; looks < 2; looks += 1) follower.refresh();
  await rm(record, { recursive: true });
  follower.refresh();
  expect(follower.arms()).toMatchObject([{ newest: { id: runId({ at: 60 }), status: 'aborted' } }]);
});
