import { rmSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openNewSession, releaseRuns } from '../../../../src/asking/session.ts';
import { beginJudging } from '../../../../src/store/documents/judging.ts';
import { lockRun } from '../../../../src/store/lock.ts';
import { inFolder, runFolders } from '../../../support/cli.ts';
import { pidOfTheDead, plantLock } from '../../../support/locks.ts';
import { recordRun } from '../../../support/recorded-runs.ts';
import { goldOf, memberOf, scriptedArm, settingOf } from '../../../support/scripted-arm.ts';
import { passed, runId, writeVerdict } from '../../../support/store-files.ts';
import { run, type Ended } from '../../../support/world.ts';

/** Runs of both arms, four each: the ids, oldest first. */
async function eightRuns(store: string): Promise<Readonly<Record<'blue' | 'green', readonly string[]>>> {
  const times = [0, 60, 120, 180];
  const idsOf = (arm: string): readonly string[] => times.map((at) => runId({ arm, at }));
  const ids = { blue: idsOf('blue'), green: idsOf('green') };
  for (const id of ids.blue) await recordRun(store, { arm: 'blue', id });
  for (const id of ids.green) await recordRun(store, { arm: 'green', id, anchor: 'Another anchor.' });
  return ids;
}

function prune(folder: string, keep: number, ...more: readonly string[]): Promise<Ended> {
  return run(folder, ['runs', 'prune', '--keep', String(keep), '--store', 'store', ...more]);
}

async function idsIn(store: string): Promise<readonly string[]> {
  return (await runFolders(store)).map((folder) => path.basename(folder));
}

async function inStore(use: (store: string, folder: string) => Promise<void>): Promise<void> {
  await inFolder((folder) => use(path.join(folder, 'store'), folder));
}

test('prune keeps the newest runs of every arm', () =>
  inStore(async (store, folder) => {
    const { blue, green } = await eightRuns(store);
    const lonely = await recordRun(store, { arm: 'lonely', id: runId({ arm: 'lonely', at: -3600 }) });
    const ended = await prune(folder, 2, '--json');
    const removed = [green[1], blue[1], green[0], blue[0]];
    expect([ended.code, JSON.parse(ended.out())]).toEqual([
      0,
      { removed, locked: [], in_force: [], gold_sets_removed: 0 },
    ]);
    expect(await idsIn(store)).toEqual([lonely.id, blue[2], green[2], blue[3], green[3]]);
  }));

test('of runs that were started in one second the newest by its plan is kept', () =>
  inStore(async (store, folder) => {
    const [older, newer] = [runId({ tail: 'ffffff' }), runId({ tail: '000000' })];
    await recordRun(store, { id: older });
    await recordRun(store, { id: newer });
    const plan = path.join(store, newer, 'plan.json');
    const text = await readFile(plan, 'utf8');
    const { started_at } = JSON.parse(text) as { started_at: string }; // a plan has it
    const later = new Date(Date.parse(started_at) + 1).toISOString();
    await writeFile(plan, text.replace(started_at, later));
    await prune(folder, 1);
    expect(await idsIn(store)).toEqual([newer]);
  }));

test('prune says how many in the right number', () =>
  inStore(async (store, folder) => {
    await recordRun(store, { id: runId({ at: 0 }) });
    await recordRun(store, { id: runId({ at: 60 }), anchor: 'Another anchor.' });
    expect((await prune(folder, 1)).out()).toBe('1 run deleted, and 1 gold set that no run needs any more\n');
    expect((await prune(folder, 1)).out()).toBe('0 runs deleted\n');
  }));

test('prune keeps what the newest verdict of a gate rests on, also where that cannot be parsed', () =>
  inStore(async (store, folder) => {
    const { blue, green } = await eightRuns(store);
    await writeVerdict(store, passed({ runs: { candidate: green[0], baseline: blue[1] } }));
    await writeFile(
      path.join(store, 'verdicts', 'smoke.green.json'),
      `{"schema": "next", "of": "${green[1]!}`,
    );
    const ended = await prune(folder, 1);
    expect(ended.out()).toContain(`kept ${green[0]!}: the newest verdict of a gate rests on it`);
    expect(await idsIn(store)).toEqual([green[0], blue[1], green[1], blue[3], green[3]]);
  }));

test('prune keeps the run that is being judged', () =>
  inStore(async (store, folder) => {
    const { green } = await eightRuns(store);
    const about = { gate: 'acceptance', arm: 'green', run: green[0], now: 0 };
    await beginJudging(store, about);
    await prune(folder, 1);
    expect(await idsIn(store)).toContain(green[0]);
  }));

test('prune leaves runs in use alone, lists them, and goes on', () =>
  inStore(async (store, folder) => {
    const { blue, green } = await eightRuns(store);
    const release = await lockRun(path.join(store, green[3]!, 'lock'));
    const pid = await pidOfTheDead();
    await plantLock(path.join(store, green[2]!, 'lock'), { host: 'elsewhere' });
    await plantLock(path.join(store, blue[0]!, 'lock'), { pid });
    const ended = await prune(folder, 0);
    expect([ended.code, await idsIn(store)]).toEqual([0, [green[2], green[3]]]);
    expect(ended.out()).toContain(`left alone ${green[3]!}: it is in use by process ${process.pid}`);
    expect(ended.out()).toContain(`left alone ${green[2]!}: it has been in use by process`);
    const { locked } = JSON.parse((await prune(folder, 0, '--json')).out()) as { locked: unknown };
    expect(locked).toEqual([
      { id: green[3], pid: process.pid, host: expect.any(String) },
      { id: green[2], pid: expect.any(Number), host: 'elsewhere' },
    ]);
    await release();
  }));

test('prune deletes the comparisons of deleted runs and the gold sets that no run needs, and no others', () =>
  inStore(async (store, folder) => {
    const { blue, green } = await eightRuns(store);
    const pairs = [0, 3].map((at) => `${blue[at]!}..${green[at]!}`);
    for (const pair of pairs) await mkdir(path.join(store, 'comparisons', pair), { recursive: true });
    const others = ['verdicts', 'drills', 'notes'];
    for (const name of others) await mkdir(path.join(store, name));
    expect(await readdir(path.join(store, 'gold'))).toHaveLength(2);
    await prune(folder, 1);
    expect(await readdir(path.join(store, 'comparisons'))).toEqual([pairs[1]]);
    expect(await readdir(path.join(store, 'gold'))).toHaveLength(2);
    await writeFile(path.join(store, 'gold', 'mine.json'), '{}');
    const release = await lockRun(path.join(store, green[3]!, 'lock'));
    await prune(folder, 0);
    await release();
    expect(await readdir(path.join(store, 'comparisons'))).toEqual([]);
    expect(await readdir(path.join(store, 'gold'))).toHaveLength(2);
    await prune(folder, 0);
    expect(await readdir(path.join(store, 'gold'))).toEqual(['mine.json']);
    expect((await readdir(store)).toSorted()).toEqual(['comparisons', 'gold', ...others].toSorted());
  }));

test('what a kill of prune left hidden is deleted or comes back', () =>
  inStore(async (store, folder) => {
    const { id } = await recordRun(store);
    const gold = path.join(store, 'gold');
    const [name] = await readdir(gold);
    await rename(path.join(gold, name!), path.join(gold, `.pruned-${name!}`));
    await mkdir(path.join(store, `.pruned-${runId({ at: 60 })}`));
    await prune(folder, 1);
    expect([await idsIn(store), await readdir(gold)]).toEqual([[id], [name]]);
    expect((await readdir(store)).toSorted()).toEqual([id, 'gold']);
  }));

test('a session whose gold set is pruned before its plan names it stores the set again', () =>
  inStore(async (store) => {
    const gold = path.join(store, 'gold');
    // The name is asked for when the set is stored and the plan is not yet written.
    const arm = {
      ...scriptedArm('green'),
      get name() {
        rmSync(gold, { recursive: true, force: true });
        return 'green';
      },
    };
    const runs = await openNewSession(settingOf(store, goldOf(1)), [memberOf(arm)]);
    expect(await readdir(gold)).toHaveLength(1);
    await releaseRuns(runs);
  }));
