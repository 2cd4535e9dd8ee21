import { cli, inFolder, node, quick, withArm, writeGold } from './processes.ts';
import type { BenchRow } from './row.ts';

const large = quick ? 20_000 : 100_000;
const small = large / 10;

const seedsOf = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(',');

/** Peak memory of many calls, how it grows with the calls of one gold set, and the time of a resume that has nothing to ask; scoring off. */
export async function scale(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50 }, async (url) => {
      const run = (store: string, more: readonly string[]): ReturnType<typeof node> =>
        node(
          [
            cli,
            'run',
            '--blue',
            url,
            '--concurrency',
            '64',
            '--no-scores',
            '--quiet',
            '--store',
            store,
            ...more,
          ],
          { cwd: folder },
        );
      const gold = await writeGold(folder, small);
      const few = await run('few', ['--gold', gold]);
      const same = await run('same', ['--gold', gold, '--seeds', seedsOf(20)]);
      const many = await run('many', ['--gold', await writeGold(folder, large)]);
      const resume = await run('many', ['--resume']);
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
    }),
  );
}
