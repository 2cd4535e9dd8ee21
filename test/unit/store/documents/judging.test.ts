import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  beginJudging,
  endJudging,
  judgingFile,
  parseJudging,
  unfinishedBy,
} from '../../../../src/store/documents/judging.ts';
import { ownIdentity } from '../../../../src/store/lock-holder.ts';
import { pidOfTheDead } from '../../../support/locks.ts';
import { emptyStore, iso, noon, passed, runId, writeVerdict } from '../../../support/store-files.ts';

const about = { gate: 'acceptance', arm: 'green', run: runId() };
const begun = {
  schema: 'flipgate.judging/1',
  ...about,
  at: iso(noon + 90_000),
  holder: ownIdentity(),
} as const;
/** Judged at noon and a minute. */
const before = passed();

test('it is there from the beginning to the end, and says who judges what', async () => {
  const store = await emptyStore();
  await beginJudging(store, { ...about, now: noon });
  const file = judgingFile(store, 'acceptance', 'green');
  expect(parseJudging(await readFile(file, 'utf8'))).toEqual({ ...begun, at: iso(noon) });
  await endJudging(store, about);
  expect(await readdir(path.dirname(file))).toEqual([]);
  await endJudging(store, about);
});

test('where it cannot be written, the verdict before is removed', async () => {
  const store = await emptyStore();
  await writeVerdict(store, before);
  await writeFile(path.join(store, 'verdicts/judging'), 'no folder');
  await beginJudging(store, { ...about, now: noon });
  expect(await readdir(path.join(store, 'verdicts'))).toEqual(['judging']);
});

test('while whoever judges lives, the verdict before stands', () => {
  expect(unfinishedBy(begun, before, noon + 95_000)).toBeUndefined();
});

test('whoever has not ended after ten minutes hangs', () => {
  expect(unfinishedBy(begun, before, noon + 90_000 + 600_001)).toMatch(/has not stored its verdict/u);
});

test('of the dead, and of those who cannot be seen, the verdict before is in doubt', async () => {
  const dead = { ...begun, holder: { ...begun.holder, pid: await pidOfTheDead() } };
  expect(unfinishedBy(dead, before, noon + 95_000)).toMatch(
    /judging of .*-green-.* begun at .* judge again/u,
  );
  const elsewhere = { ...begun, holder: { ...begun.holder, host: 'elsewhere' } };
  expect(unfinishedBy(elsewhere, before, noon + 95_000)).toMatch(/judge again/u);
});

test('what was stored after it is its verdict; of another run, or of before, it is not', async () => {
  const dead = { ...begun, holder: { ...begun.holder, pid: await pidOfTheDead() } };
  const after = { ...before, evaluated_at: iso(noon + 91_000) };
  expect(unfinishedBy(dead, after, noon + 95_000)).toBeUndefined();
  expect(
    unfinishedBy(dead, { ...after, runs: { candidate: runId({ at: 9 }) } }, noon + 95_000),
  ).toBeDefined();
  expect(unfinishedBy(dead, { ...after, evaluated_at: 'soon' }, noon + 95_000)).toBeDefined();
});

test.each(['', '{', '{}', JSON.stringify({ ...begun, schema: 'flipgate.judging/2' })])(
  '%j is none',
  (text) => {
    expect(parseJudging(text)).toBeUndefined();
  },
);
