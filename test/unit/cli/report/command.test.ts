import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { main } from '../../../../src/main.ts';
import { recordRun } from '../../../support/recorded-runs.ts';
import { emptyStore } from '../../../support/store-files.ts';
import { run, testWorld } from '../../../support/world.ts';

const inBothViews = {
  question_retrieved: { best: 0.1, pooled: 0.5 },
  retrieved_anchor: { best: 0.2, pooled: 0.6 },
};

test.each([
  ['best', '0.1', '0.2'],
  ['pooled', '0.5', '0.6'],
] as const)(
  'calls of a run in the view %s have ΔS in it',
  async (view, question_retrieved, retrieved_anchor) => {
    const store = await emptyStore();
    const { id } = await recordRun(store, { record: { view }, score: () => inBothViews });
    const { code, out } = await run(store, ['report', id, '--store', store, '--format', 'csv']);
    expect(code).toBe(0);
    const [first] = parse(out(), { columns: true }) as readonly object[];
    expect(first).toMatchObject({ view, question_retrieved, retrieved_anchor });
  },
);

test('calls are written as the reader takes them', async () => {
  const store = await emptyStore();
  const { id } = await recordRun(store, { questions: 40, call: () => ({ answer: 'x'.repeat(10_000) }) });
  const world = testWorld(store, ['report', id, '--store', store, '--format', 'csv']);
  const written: number[] = [];
  let isTaken = true;
  const stdout = {
    ...world.stdout,
    write: (text: string) => {
      expect(isTaken).toBe(true);
      isTaken = false;
      written.push(text.length);
    },
    drained: () => new Promise<void>((resolve) => setImmediate(() => resolve(void (isTaken = true)))),
  };
  expect(await main({ ...world, stdout })).toBe(0);
  expect(written.length).toBeGreaterThan(3);
  await run(store, [
    'report',
    id,
    '--store',
    store,
    '--format',
    'csv',
    '--out',
    path.join(store, 'calls.csv'),
  ]);
  expect((await stat(path.join(store, 'calls.csv'))).size).toBe(
    written.reduce((sum, length) => sum + length, 0),
  );
});
