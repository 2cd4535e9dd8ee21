import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findRun } from '../../../src/store/find-run.ts';
import { storedSession } from '../../../src/store/find-session.ts';
import { writePlan } from '../../../src/store/documents/plan.ts';
import { runFolder } from '../../../src/store/run-folder.ts';
import { openNewSession } from '../../../src/asking/session.ts';
import { inFolder } from '../../support/cli.ts';
import { goldOf, memberOf, scriptedArm, settingOf } from '../../support/scripted-arm.ts';

/** Sessions of blue and green begun at these times, in milliseconds; their runs' ids, session by session. */
async function sessions(
  store: string,
  times: readonly number[],
  arms: readonly string[] = ['blue', 'green'],
): Promise<readonly (readonly string[])[]> {
  const ids: string[][] = [];
  for (const time of times) {
    const setting = { ...settingOf(store, goldOf(1)), clock: { now: () => time, monotonic: () => 0 } };
    const runs = await openNewSession(
      setting,
      arms.map((name) => memberOf(scriptedArm(name))),
    );
    for (const run of runs) await run.release();
    ids.push(runs.map(({ file }) => file.id));
  }
  return ids;
}

const second = Date.UTC(2026, 10, 22, 21, 30, 0);

test('without a reference it is the newest session, with all its runs', () =>
  inFolder(async (store) => {
    const ids = await sessions(store, [second, second + 5000, second + 2000]);
    expect((await storedSession(store, undefined)).map(({ id }) => id)).toEqual(ids[1]);
  }));

test('of sessions begun in one second none loses a run to another, and the newest is the one that was begun last', () =>
  inFolder(async (store) => {
    const times = [0, 700, 100, 400, 300, 600, 200, 500].map((milliseconds) => second + milliseconds);
    const ids = await sessions(store, times);
    expect((await storedSession(store, undefined)).map(({ id }) => id)).toEqual(ids[1]);
    for (const own of ids) {
      const { session } = (await storedSession(store, own[0]))[0]!;
      expect((await storedSession(store, session)).map(({ id }) => id)).toEqual(own);
    }
    expect((await findRun(store, 'blue', store)).id).toBe(ids[1]![0]);
  }));

test('a folder in which no plan stands yet is passed over by a resume; to a reader it is the newest run all the same', () =>
  inFolder(async (store) => {
    const ids = await sessions(store, [second]);
    await mkdir(runFolder(store, '20261122T213500Z-blue-000000').path);
    expect((await storedSession(store, undefined)).map(({ id }) => id)).toEqual(ids[0]);
    expect((await findRun(store, 'blue', store)).id).toBe('20261122T213500Z-blue-000000');
  }));

test('a run is named by its id, its folder, its record, or its arm', () =>
  inFolder(async (folder) => {
    const store = path.join(folder, 'reports');
    const [[blue], [newer]] = (await sessions(store, [second, second + 9000], ['blue'])) as [
      string[],
      string[],
    ];
    const found = async (reference: string): Promise<string> => (await findRun(store, reference, folder)).id;
    expect(await found(blue!)).toBe(blue);
    expect(await found(`reports/${blue}`)).toBe(blue);
    expect(await found(`reports/${blue}/plan.json`)).toBe(blue);
    expect(await found(path.join(store, blue!))).toBe(blue);
    expect(await found('blue')).toBe(newer);
  }));

test('an arm whose name is part of another’s is not taken for it', () =>
  inFolder(async (store) => {
    const [[green]] = (await sessions(store, [second], ['green'])) as [string[]];
    await sessions(store, [second + 5000], ['blue-green']);
    expect((await findRun(store, 'green', store)).id).toBe(green);
  }));

test.each(['blau', '../..', '20261122T213000Z-blue-ffffff', '', '.'])(
  'a reference "%s" to nothing is refused',
  (reference) =>
    inFolder(async (folder) => {
      const store = path.join(folder, 'reports');
      await sessions(store, [second], ['blue']);
      await expect(findRun(store, reference, folder)).rejects.toMatchObject({ exitCode: 4 });
      if (reference !== '')
        await expect(storedSession(store, reference)).rejects.toThrow('no run or session');
    }),
);

test('a store without runs has nothing to resume', () =>
  inFolder(async (folder) => {
    await expect(storedSession(path.join(folder, 'none'), undefined)).rejects.toThrow('has no run to resume');
  }));

test('a plan that is damaged, or newer than this version, is refused', () =>
  inFolder(async (store) => {
    const [[blue]] = (await sessions(store, [second], ['blue'])) as [string[]];
    const folder = runFolder(store, blue!);
    const [plan] = await storedSession(store, blue);
    const newer = JSON.stringify({ ...plan, schema: 'flipgate.plan/2' });
    for (const [text, problem] of [
      ['{"schema": "flipgate.pl', 'no plan that this version can read'],
      [newer, 'flipgate.plan/2, newer than this version reads'],
    ] as const) {
      await writeFile(folder.plan, text);
      const message = expect.stringContaining(problem);
      await expect(storedSession(store, undefined)).rejects.toMatchObject({ exitCode: 4, message });
    }
    await rm(folder.plan);
    await expect(storedSession(store, blue)).rejects.toThrow('has no plan.json');
    await writePlan(folder, plan!);
    expect((await storedSession(store, blue))[0]).toEqual(plan);
  }));
