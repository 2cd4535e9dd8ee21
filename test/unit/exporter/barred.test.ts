import { expect, test } from 'vitest';
import { openRollbackLog } from '../../../src/store/documents/rollback.ts';
import {
  emptyStore,
  iso,
  noon,
  opened,
  passed,
  rollbackLines,
  runId,
  writeRun,
  writeVerdict,
  type WrittenRollback,
} from '../../support/store-files.ts';
import { samplesOf } from './samples.ts';

const artifact = 'a'.repeat(64);
const verdictSeries = 'flipgate_gate_verdict{gate="acceptance",arm="green"}';
const barredSeries = `flipgate_gate_barred{artifact="${artifact}"}`;

/** A store whose run was started at noon and passed, and was rolled back then. */
async function rolledBack(rollback: WrittenRollback = { at: 90 }): Promise<string> {
  const store = await emptyStore();
  await writeRun(store);
  await writeVerdict(store, passed());
  const log = openRollbackLog(store, Date.now);
  for (const line of rollbackLines(rollback)) await log.add(line);
  return store;
}

test.each(['done', 'failed', 'open'] as const)(
  'after a rollback that is %s the gate is shut for every reader',
  async (outcome) => {
    const source = opened(await rolledBack({ at: 90, outcome }));
    expect(source.verdict({ gate: 'acceptance' })).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('was rolled back at'),
    });
    expect(await samplesOf(source.snapshot())).toMatchObject({ [verdictSeries]: '-1', [barredSeries]: '1' });
  },
);

test('judged on a run that was started later it is open again; judged anew on the old one it is not', async () => {
  const store = await rolledBack({ at: 20 });
  await writeVerdict(store, passed({ evaluated_at: iso(noon + 100_000) }));
  expect((await samplesOf(opened(store).snapshot()))[verdictSeries]).toBe('-1');
  const candidate = await writeRun(store, { at: 60 });
  await writeVerdict(
    store,
    passed({
      evaluated_at: iso(noon + 100_000),
      evidence_at: iso(noon + 70_000),
      runs: { candidate, baseline: runId({ arm: 'blue' }) },
    }),
  );
  const samples = await samplesOf(opened(store).snapshot());
  expect([samples[verdictSeries], samples[barredSeries]]).toEqual(['1', undefined]);
});

test('a rollback of another artifact shuts nothing, and its artifact is barred', async () => {
  const other = 'd'.repeat(64);
  const samples = await samplesOf(opened(await rolledBack({ artifact: other, at: 90 })).snapshot());
  expect(samples[verdictSeries]).toBe('1');
  expect(samples[`flipgate_gate_barred{artifact="${other}"}`]).toBe('1');
});

test('while the log cannot be read every gate is shut, and everything else is shown', async () => {
  const store = await rolledBack();
  const { mkdir, rm } = await import('node:fs/promises');
  await rm(`${store}/rollbacks`, { recursive: true });
  await mkdir(`${store}/rollbacks/history.jsonl`, { recursive: true });
  const source = opened(store);
  expect(source.snapshot()).toMatchObject({
    problem: expect.stringContaining('cannot be read'),
    verdicts: [{ gate: 'acceptance', verdict: 'error', reason: expect.stringContaining('cannot be read') }],
  });
  expect(source.verdict({ gate: 'acceptance' }).verdict).toBe('error');
});
