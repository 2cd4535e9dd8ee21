import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CallLine } from '../../../../src/scoring/record.ts';
import { addCalls, callLine, emptyStore, iso, noon, runId, writeRun } from '../../../support/store-files.ts';
import { callsOf, follow, ok } from './followed.ts';

const atTimes = (lines: readonly CallLine[]): number[] => lines.map(({ at }) => Date.parse(at) - noon);

test('calls are counted while a journal grows, each whole line once', async () => {
  const store = await emptyStore();
  const follower = follow(store);
  expect(follower.look()).toBeUndefined();
  await addCalls(store, runId(), [ok(1), ok(2, { outcome: 'timeout' })]);
  expect(follower.look()?.outcomes).toMatchObject({ ok: 1, timeout: 1 });
  const third = `${JSON.stringify(callLine(ok(3)))}\n`;
  await addCalls(store, runId(), [third.slice(0, 40)]);
  expect(follower.look()?.outcomes.ok).toBe(1);
  await addCalls(store, runId(), [third.slice(40), ok(4)]);
  expect(follower.look()).toMatchObject({ outcomes: { ok: 3, timeout: 1 }, sideEffects: 4 });
  expect(follower.look()?.outcomes.ok).toBe(3);
  expect(atTimes(follower.passed)).toEqual([1, 2, 3, 4]);
});

test('a journal larger than what is read at a time, with lines larger than that, loses nothing', async () => {
  const store = await emptyStore();
  const follower = follow(store);
  await addCalls(store, runId(), [
    ...Array.from({ length: 500 }, (_, index) => ok(index, { answer: 'ä'.repeat(1000) })),
    ok(500, { answer: 'ä'.repeat(700_000) }),
    ok(501),
  ]);
  expect(follower.look()?.outcomes.ok).toBe(502);
  expect(follower.passed).toHaveLength(502);
});

test('lines that are no calls are passed over', async () => {
  const store = await emptyStore();
  const follower = follow(store);
  const odd = [
    '\n',
    'no json\n',
    'null\n',
    '[]\n',
    '{"outcome": "ok"}\n',
    '{"outcome": "well", "at": "x"}\n',
    '{"outcome":"ok","at":"x","tool_calls":7}\n',
  ];
  await addCalls(store, runId(), [
    ...odd,
    ok(1, { side_effects: Number.NaN }),
    `${JSON.stringify({ ...callLine(), side_effects: '3' })}\n`,
  ]);
  expect(follower.look()).toEqual({
    outcomes: { ok: 2, network: 0, timeout: 0, status: 0, shape: 0 },
    toolLoops: 0,
    sideEffects: 0,
    dedupeHits: 0,
  });
});

test('when a run ends its summary counts, and nothing twice', async () => {
  const store = await emptyStore();
  const follower = follow(store);
  await addCalls(store, runId(), [ok(1), ok(2)]);
  follower.look();
  expect(follower.runs()).toEqual([{ id: runId(), arm: 'green', status: 'unfinished', calls: 2 }]);
  await addCalls(store, runId(), [ok(3)]);
  await writeRun(store, { summary: { calls: callsOf(3) } });
  expect(follower.look()?.outcomes.ok).toBe(3);
  expect(follower.look()?.outcomes.ok).toBe(3);
  expect(atTimes(follower.passed)).toEqual([1, 2, 3]);
  expect(follower.runs()).toMatchObject([
    { status: 'complete', started_at: iso(noon), finished_at: iso(noon + 10_000), calls: 3 },
  ]);
});

test('the calls of a run that came and went between two looks are passed on; those from before the first look are not', async () => {
  const store = await emptyStore();
  await addCalls(store, runId(), [ok(1)]);
  await writeRun(store);
  const follower = follow(store);
  follower.look();
  expect(follower.passed).toEqual([]);
  await addCalls(store, runId({ at: 60 }), [ok(2)]);
  await writeRun(store, { at: 60 });
  follower.look();
  expect(atTimes(follower.passed)).toEqual([2]);
});

test('a run that was interrupted and is resumed is followed again, also where nobody looked in between', async () => {
  const store = await emptyStore();
  const id = await writeRun(store, { status: 'interrupted', summary: { calls: callsOf(2) } });
  await addCalls(store, id, [ok(1), ok(2)]);
  const follower = follow(store);
  expect(follower.look()?.outcomes.ok).toBe(2);
  await rm(path.join(store, id, 'run.json'));
  await addCalls(store, id, [ok(3)]);
  expect(follower.look()?.outcomes.ok).toBe(3);
  await addCalls(store, id, [ok(4)]);
  await writeRun(store, { summary: { calls: callsOf(4) }, record: { finished_at: iso(noon + 20_000) } });
  expect(follower.look()?.outcomes.ok).toBe(4);
  expect(follower.runs()).toMatchObject([{ status: 'complete', calls: 4 }]);
  expect(atTimes(follower.passed)).toEqual([1, 2, 3, 4]);
});

test('a journal that a resume wrote anew is read again: nothing is passed on twice, and no counter falls', async () => {
  const store = await emptyStore();
  const follower = follow(store);
  const file = path.join(store, runId(), 'calls.jsonl');
  await addCalls(store, runId(), [ok(1), ok(2), ok(3), '{"cut']);
  expect(follower.look()?.outcomes.ok).toBe(3);
  await writeFile(`${file}.tmp`, `${JSON.stringify(callLine(ok(1)))}\n`);
  await rename(`${file}.tmp`, file);
  expect(follower.look()?.outcomes.ok).toBe(3);
  await addCalls(store, runId(), [ok(4), ok(5), ok(6)]);
  expect(follower.look()?.outcomes.ok).toBe(4);
  expect(atTimes(follower.passed)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('an old run that is resumed is found in its turn', async () => {
  const store = await emptyStore();
  for (let index = 0; index < 200; index += 1)
    await writeRun(store, { at: 20 * index, summary: { calls: callsOf(1) } });
  const follower = follow(store);
  expect(follower.look()?.outcomes.ok).toBe(200);
  await rm(path.join(store, runId({ at: 3000 }), 'run.json'));
  await addCalls(store, runId({ at: 3000 }), [ok(1), ok(2)]);
  for (let looks = 0; looks < 5; looks += 1) follower.look();
  expect(follower.look()?.outcomes.ok).toBe(201);
});

test('pruned runs do not let a counter fall, and what comes after them is counted at once', async () => {
  const store = await emptyStore();
  await writeRun(store, { summary: { calls: callsOf(100) } });
  const follower = follow(store);
  expect(follower.look()?.outcomes.ok).toBe(100);
  await rm(path.join(store, runId()), { recursive: true });
  expect(follower.look()?.outcomes.ok).toBe(100);
  expect(follower.runs()).toEqual([]);
  await writeRun(store, { at: 60, summary: { calls: callsOf(5) } });
  expect(follower.look()?.outcomes.ok).toBe(105);
});

test.each([
  ['aaaaaa', 'bbbbbb'],
  ['bbbbbb', 'aaaaaa'],
])(
  'of two runs of one second, %s and then %s, the one that was started last is the newest',
  async (first, second) => {
    const store = await emptyStore();
    await writeRun(store, { tail: first });
    await writeRun(store, { tail: second, status: 'aborted', record: { started_at: iso(noon + 900) } });
    const follower = follow(store);
    follower.look();
    expect(follower.arms()).toMatchObject([
      { arm: 'green', newest: { id: runId({ tail: second }), status: 'aborted' } },
    ]);
  },
);

test('arms whose names begin alike are kept apart', async () => {
  const store = await emptyStore();
  await writeRun(store, { arm: 'green', summary: { calls: callsOf(1) } });
  await writeRun(store, { arm: 'green-2', summary: { calls: callsOf(2) } });
  const follower = follow(store);
  expect([follower.look('green')?.outcomes.ok, follower.look('green-2')?.outcomes.ok]).toEqual([1, 2]);
});

test('files and folders that are no runs are passed over', async () => {
  const store = await emptyStore();
  await mkdir(path.join(store, 'gold'));
  await writeFile(path.join(store, 'notes.txt'), 'x');
  await writeFile(path.join(store, runId({ tail: 'ffffff' })), 'a file named like a run');
  await writeRun(store);
  const follower = follow(store);
  follower.look();
  expect(follower.runs().map(({ status }) => status)).toEqual(['unfinished', 'complete']);
});
