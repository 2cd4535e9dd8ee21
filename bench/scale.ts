import { cli, inFolder, node, quick, withArm, writeGold } from './processes.ts';
import type { BenchRow } from './row.ts';

const large = quick ? 20_000 : 100_000;
const small = large / 10;

/** Peak memory of many calls, how it grows, and the time of a resume that has nothing to ask; scoring off. */
export async function scale(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50 }, async (url) => {
      const run = (calls: string, more: readonly string[]): ReturnType<typeof node> =>
        node([cli, 'run', '--blue', url, '--concurrency', '64', '--no-scores', '--quiet', '--store', calls, ...more], { cwd: folder });
      const few = await run('few', ['--gold', await writeGold(folder, small)]);
      const many = await run('many', ['--gold', await writeGold(folder, large)]);
      const resume = await run('many', ['--resume']);
      const growth = many.peakMegabytes / few.peakMegabytes;
      return [
        {
          name: `peak memory, ${large} calls`,
          value: `${many.peakMegabytes.toFixed(0)} MB`,
          bar: '≤ 300 MB',
          ok: many.peakMegabytes <= 300,
        },
        {
          name: `memory, ${large} / ${small} calls`,
          value: growth.toFixed(2),
          bar: '≤ 1.3',
          ok: growth <= 1.3,
          note: `${few.peakMegabytes.toFixed(0)} MB at first`,
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
