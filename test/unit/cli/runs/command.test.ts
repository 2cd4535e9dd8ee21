import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lockRun } from '../../../../src/store/lock.ts';
import { inFolder, json, runFolders } from '../../../support/cli.ts';
import { askAll, fault, memberOf, scriptedArm } from '../../../support/scripted-arm.ts';
import { recordRun } from '../../../support/recorded-runs.ts';
import { summary } from '../../../support/store-files.ts';
import { run } from '../../../support/world.ts';

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly cells?: number;
  readonly calls?: number;
  readonly bytes: number;
}

async function listed(folder: string): Promise<readonly Listed[]> {
  return (JSON.parse((await run(folder, ['runs', '--store', 'store', '--json'])).out()) as { runs: Listed[] })
    .runs;
}

async function threeRuns(folder: string): Promise<readonly string[]> {
  for (const name of ['a', 'b', 'c']) await askAll(folder, [memberOf(scriptedArm(name))], { questions: 1 });
  return (await runFolders(path.join(folder, 'store'))).map((run_) => path.basename(run_));
}

test('runs lists what the store holds, newest first, with sizes, and what did not end or is damaged', () =>
  inFolder(async (folder) => {
    expect((await run(folder, ['runs'])).out()).toBe('no runs yet: flipgate run makes one\n');
    const ids = await threeRuns(folder);
    await writeFile(path.join(folder, 'store', ids[0]!, 'run.json'), '{"schema": "flipgate.run/2"}');
    await mkdir(path.join(folder, 'store', 'not-a-run'));
    const runs = await listed(folder);
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      [ids[2], 'unfinished'],
      [ids[1], 'unfinished'],
      [ids[0], 'damaged'],
    ]);
    expect(runs[0]!.bytes).toBeGreaterThan(1000);
  }));

test.each(['', ' ', 'x', '-1', '1.5'])('prune --keep "%s" deletes nothing and ends with 2', (keep) =>
  inFolder(async (folder) => {
    const ids = await threeRuns(folder);
    expect((await run(folder, ['runs', 'prune', '--store', 'store', '--keep', keep])).code).toBe(2);
    expect(await listed(folder)).toHaveLength(ids.length);
  }),
);

test('runs tells how many of the planned calls were made', () =>
  inFolder(async (folder) => {
    const store = path.join(folder, 'store');
    const gone = scriptedArm('gone', () => fault());
    const settings = { abortAfter: 3, concurrency: 1 };
    await askAll(folder, [memberOf(gone, settings)], { questions: 2 });
    const asked = gone.asked.length;
    const [run_] = await runFolders(store);
    await appendFile(path.join(run_!, 'calls.jsonl'), '{"cut');
    expect(await listed(folder)).toMatchObject([{ status: 'unfinished', cells: 16, calls: asked }]);
    const summary_ = { ...summary, calls: { ...summary.calls, planned: 16, ok: 0, timeout: 0, status: 3 } };
    await recordRun(store, { arm: 'old', record: { status: 'aborted', summary: summary_ } });
    expect((await listed(folder)).find(({ status }) => status === 'aborted')).toMatchObject({ calls: 3 });
    expect((await run(folder, ['runs', '--store', 'store'])).out()).toContain(`${asked} of 16 calls`);
  }));

test('scoring a run whose questions are lost, or that is in use, or not there, is refused with 4', () =>
  inFolder(async (folder) => {
    const [id] = await threeRuns(folder);
    const score = async (reference: string): Promise<readonly unknown[]> => {
      const ended = await run(folder, ['runs', 'score', reference, '--store', 'store']);
      return [ended.code, ended.err()];
    };
    expect(await score('nobody')).toEqual([4, expect.stringContaining('no run "nobody" in store')]);
    const release = await lockRun(path.join(folder, 'store', id!, 'lock'));
    expect(await score(id!)).toEqual([4, expect.stringContaining('in use by process')]);
    await release();
    const { gold } = await json(path.join(folder, 'store', id!, 'plan.json'));
    const stored = path.join(folder, 'store', 'gold', `${String(gold.stored_as)}.json`);
    const text = await readFile(stored, 'utf8');
    await appendFile(stored, ' ');
    expect(await score(id!)).toEqual([4, expect.stringContaining('is not what was written')]);
    await rm(stored);
    expect(await score(id!)).toEqual([4, expect.stringContaining('is missing')]);
    await writeFile(stored, text);
  }));
