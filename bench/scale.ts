import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cli, inFolder, node, quick, withArm, writeGold, type Ran } from './processes.ts';
import type { BenchRow } from './row.ts';

const large = quick ? 20_000 : 100_000;
const small = large / 10;

const seedsOf = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(',');

const flags = ['--concurrency', '64', '--no-scores', '--quiet'];

/** Peak memory of many calls, how it grows with the calls of one gold set, and the time of a resume that has nothing to ask; scoring off. */
export async function scale(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50 }, async (url) => {
      const run = (store: string, more: readonly string[]): Promise<Ran> =>
        node([cli, 'run', '--blue', url, ...flags, '--store', store, ...more], { cwd: folder });
      const gold = await writeGold(folder, small);
      return rowsOf({
        few: await run('few', ['--gold', gold]),
        same: await run('same', ['--gold', gold, '--seeds', seedsOf(20)]),
        many: await run('many', ['--gold', await writeGold(folder, large)]),
        resume: await run('many', ['--resume']),
      });
    }),
  );
}

function rowsOf({ few, same, many, resume }: Record<'few' | 'same' | 'many' | 'resume', Ran>): BenchRow[] {
  const growth = same.peakMegabytes / few.peakMegabytes;
  const peak = Math.max(many.peakMegabytes, same.peakMegabytes);
  return [
    {
      name: `peak memory, ${large} calls`,
      value: `${peak.toFixed(0)} MB`,
      bar: '≤ 300 MB',
      ok: peak <= 300,
    },
    {
      name: `memory, ${large} / ${small} calls of one gold set`,
      value: growth.toFixed(2),
      bar: '≤ 1.3',
      ok: growth <= 1.3,
      note: `${few.peakMegabytes.toFixed(0)} MB at first; with ten times the questions ${(many.peakMegabytes / few.peakMegabytes).toFixed(2)}`,
    },
    {
      name: `resume of ${large} calls with nothing to ask`,
      value: `${resume.seconds.toFixed(2)} s`,
      bar: '≤ 3 s',
      ok: resume.seconds <= 3,
    },
  ];
}

const moduleArm =
  "export const ask = ({ question }) => ({ answer: question, retrieved: [{ text: 'a passage' }] });";

/** Calls of a module in this process: nothing of one is left to the next, so that the hundred-thousandth takes as long as the first. */
export async function moduleCalls(): Promise<readonly BenchRow[]> {
  return inFolder(async (folder) => {
    await writeFile(path.join(folder, 'arm.mjs'), moduleArm);
    const blue = { kind: 'module', module: 'arm.mjs' };
    await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify({ arms: { blue } }));
    const run = async (calls: number): Promise<Ran> => {
      const more = ['--gold', await writeGold(folder, calls), '--store', String(calls), '--concurrency', '8'];
      return node([cli, 'run', '--arm', 'blue', '--no-scores', '--quiet', ...more], { cwd: folder });
    };
    const [few, many] = [await run(small), await run(large)];
    const slowdown = many.seconds / large / (few.seconds / small);
    return [
      {
        name: `${large} calls through a module arm`,
        value: `${(large / many.seconds).toFixed(0)} calls/s`,
        bar: 'no slower a call than 10 times fewer',
        ok: slowdown <= 1.2,
        note: `${slowdown.toFixed(2)} × the time of a call among ${small}`,
      },
      {
        name: `peak memory, ${large} calls through a module arm`,
        value: `${many.peakMegabytes.toFixed(0)} MB`,
        bar: '≤ 300 MB',
        ok: many.peakMegabytes <= 300,
      },
    ];
  });
}
