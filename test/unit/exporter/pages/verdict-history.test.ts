import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sealed } from '../../../../src/base/integrity/sealed.ts';
import { VerdictHistory } from '../../../../src/exporter/pages/verdict-history.ts';
import { emptyStore, noon, passed, runId } from '../../../support/store-files.ts';

const lineOf = (verdict: object): string => `${JSON.stringify(sealed(verdict))}\n`;

async function withHistory(
  text: string,
): Promise<{ readonly file: string; readonly history: VerdictHistory }> {
  const store = await emptyStore();
  const file = path.join(store, 'verdicts/history.jsonl');
  await mkdir(path.dirname(file));
  await writeFile(file, text);
  return { file, history: new VerdictHistory(store) };
}

test('of each gate and run the newest is kept, as it is added', async () => {
  const { file, history } = await withHistory(
    lineOf(passed()) + lineOf(passed({ gate: 'watch', verdict: 'inconclusive' })),
  );
  await history.follow();
  const { baseline } = passed().runs;
  const acceptance = {
    gate: 'acceptance',
    verdict: 'pass',
    isContradictory: false,
    at: noon + 60_000,
    baseline,
  };
  const watch = {
    gate: 'watch',
    verdict: 'inconclusive',
    isContradictory: false,
    at: noon + 60_000,
    baseline,
  };
  expect(history.about(runId())).toEqual([acceptance, watch]);
  await appendFile(
    file,
    lineOf(passed({ verdict: 'fail' })) + lineOf(passed({ runs: { candidate: 'other' } })),
  );
  await history.follow();
  expect(history.about(runId())).toEqual([watch, { ...acceptance, verdict: 'fail' }]);
  expect(history.about('other')).toMatchObject([{ verdict: 'pass', baseline: undefined }]);
  expect(history.about('none')).toEqual([]);
});

test('a history that is gone is forgotten; one that cannot be read is an error each time', async () => {
  const { file, history } = await withHistory(lineOf(passed()));
  await history.follow();
  await rm(file);
  await history.follow();
  expect(history.about(runId())).toEqual([]);
  await mkdir(file);
  for (let looks = 0; looks < 2; looks += 1)
    await expect(history.follow()).rejects.toThrow('history.jsonl" cannot be read: it is a folder');
});

test('a long history is read in slices: others have their turn, and who asks meanwhile gets all of it', async () => {
  const line = lineOf(passed({ reason: 'x'.repeat(10_000) }));
  const { history } = await withHistory(line.repeat(800) + lineOf(passed({ gate: 'last' })));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  const [first, second] = [history.follow(), history.follow()];
  await second;
  expect(history.about(runId()).map(({ gate }) => gate)).toEqual(['acceptance', 'last']);
  await first;
  clearImmediate(turning);
  expect(turns).toBeGreaterThanOrEqual(7);
});
