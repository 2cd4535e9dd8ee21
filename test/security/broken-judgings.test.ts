import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { broken } from '../support/broken-writes.ts';
import { flipgate } from '../support/cli.ts';
import { gateStore } from '../support/gate-store.ts';
import { inCi } from '../support/in-ci.ts';

const store = gateStore();
/** In CI every sixth change of a command is broken; by hand all of them are, with TEST_EVERY=1. */
const every = Number(process.env['TEST_EVERY'] ?? (inCi() ? 6 : 12));

/** What the readers say of the gate: the report's word, and the one that a switch asks for. */
async function readers(): Promise<readonly string[]> {
  const report = await flipgate(store.folder, ['report', 'acceptance', '--format', 'json']);
  const pushed = await flipgate(store.folder, ['push', '--textfile', 'page.prom']);
  const series = await readFile(path.join(store.folder, 'page.prom'), 'utf8').catch(() => '');
  const isOpen = /^flipgate_gate_verdict\{[^}]*gate="acceptance"[^}]*\} 1$/mu.test(series);
  return [
    report.code === 0 ? String(JSON.parse(report.stdout)[0]?.verdict.verdict) : 'error',
    pushed.code === 0 && isOpen ? 'pass' : 'no pass',
  ];
}

const historyLines = async (): Promise<number> =>
  (await readFile(path.join(store.folder, 'reports/verdicts/history.jsonl'), 'utf8')).split('\n').length - 1;

/** A pass stands, and what was configured since makes a fail of the same runs: whoever reads the pass after the judging broke reads it on old grounds. */
async function passBefore(): Promise<void> {
  expect((await store.judge()).code).toBe(0);
  const failed = ['drill', 'record', '--pointer', 'edge', '--ttr', '400', '--verified'];
  expect((await flipgate(store.folder, failed)).code).toBe(0);
}

test.each(['ENOSPC', 'EIO', 'kill'])(
  'a judging that breaks by %s at any change leaves no older pass',
  { timeout: 600_000 },
  async (how) => {
    await passBefore();
    const kept = `${store.folder}-kept`;
    await cp(store.folder, kept, { recursive: true });
    try {
      const whole = await broken(store.folder, ['gate', 'acceptance', '--json'], { how, at: 0 });
      expect([whole.code, whole.changes.length > 8]).toEqual([1, true]);
      for (let at = 1; at <= whole.changes.length; at += every) {
        await rm(store.folder, { recursive: true });
        await cp(kept, store.folder, { recursive: true });
        const lines = await historyLines();
        const { code, changes } = await broken(store.folder, ['gate', 'acceptance', '--json'], { how, at });
        const about = `${how} at ${at}: ${changes.at(-1)}`;
        expect([about, code === 0]).toEqual([about, false]);
        // Killed before anything says that it was begun, it was not.
        const isBegun = changes.slice(0, -1).some((change) => change.startsWith('rename verdicts/judging/'));
        if (how !== 'kill' || isBegun)
          expect([about, ...(await readers())]).toEqual([
            about,
            expect.not.stringMatching(/^pass$/u),
            'no pass',
          ]);
        expect([about, (await historyLines()) >= lines]).toEqual([about, true]);
      }
    } finally {
      await rm(kept, { recursive: true });
    }
  },
);

test('what a judging writes is on the disk before it has its name, and its name before the next thing', async () => {
  await passBefore();
  const { changes } = await broken(store.folder, ['gate', 'acceptance', '--json'], { how: 'kill', at: 0 });
  const renamed = changes.flatMap((change, at) => (change.startsWith('rename ') ? [at] : []));
  expect(renamed.length).toBeGreaterThan(1);
  for (const at of renamed) expect(changes[at - 1]).toMatch(/^sync /u);
  expect(changes.findIndex((change) => change.startsWith('rename verdicts/judging/'))).toBeLessThan(
    changes.findIndex((change) => change.startsWith('rename verdicts/acceptance.green.json')),
  );
});
