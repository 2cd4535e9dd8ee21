import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cli, inFolder, median, node, quick, withArm, writeGold, type Ran } from './processes.ts';
import type { BenchRow } from './row.ts';

const large = quick ? 20_000 : 100_000;
const small = 320;
const times = 7;

/** `gate`, which compares and judges, on two runs of many calls and of the usual few; whole processes. The arms are one, so it ends with 4. */
export async function judging(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50, varied: true }, async (url) => {
      const judge = async (calls: number): Promise<Ran[]> => {
        const store = `store-${calls}`;
        const arms = { blue: { kind: 'http', url }, green: { kind: 'http', url } };
        const settings = { gold: path.basename(await writeGold(folder, calls)), store, arms };
        await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify(settings));
        await node([cli, 'run', '--quiet', '--concurrency', '32'], { cwd: folder });
        await rm(path.join(folder, 'flipgate.yaml'));
        const runs: Ran[] = [];
        for (let index = 0; index < (calls === small ? times : 1); index += 1)
          runs.push(
            await node([cli, 'gate', 'acceptance', '--json', '--store', store], {
              cwd: folder,
              codes: [0, 1, 3, 4],
            }),
          );
        return runs;
      };
      const [many] = await judge(large);
      const few = median((await judge(small)).map(({ seconds }) => seconds));
      const { seconds = Number.NaN, peakMegabytes = Number.NaN } = many ?? {};
      return [
        {
          name: `compare and gate, 2 × ${large} calls`,
          value: `${seconds.toFixed(1)} s`,
          bar: '≤ 10 s',
          ok: seconds <= 10,
        },
        {
          name: 'peak memory of it',
          value: `${peakMegabytes.toFixed(0)} MB`,
          bar: '≤ 500 MB',
          ok: peakMegabytes <= 500,
        },
        {
          name: `compare and gate, 2 × ${small} calls`,
          value: `${few.toFixed(2)} s`,
          bar: '≤ 0.5 s',
          ok: few <= 0.5,
        },
      ];
    }),
  );
}
