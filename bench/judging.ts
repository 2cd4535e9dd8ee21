import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cli, inFolder, median, node, quick, withArm, writeGold, type Ran } from './processes.ts';
import type { BenchRow } from './row.ts';

const large = quick ? 20_000 : 100_000;
const small = 320;

/** `gate`, which compares and judges, on two runs of many calls and of the usual few; whole processes. The arms are one, so it ends with 4. */
export async function judging(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50, varied: true }, async (url) => {
      const [many] = await judge({ folder, url, calls: large, times: 1 });
      const few = await judge({ folder, url, calls: small, times: 7 });
      return rowsOf(many, median(few.map(({ seconds }) => seconds)));
    }),
  );
}

interface Judging {
  readonly folder: string;
  readonly url: string;
  readonly calls: number;
  readonly times: number;
}

/** Asks once and judges so many times. */
async function judge({ folder, url, calls, times }: Judging): Promise<readonly Ran[]> {
  const store = `store-${calls}`;
  const arms = { blue: { kind: 'http', url }, green: { kind: 'http', url } };
  const settings = { gold: path.basename(await writeGold(folder, calls)), store, arms };
  await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify(settings));
  await node([cli, 'run', '--quiet', '--concurrency', '32'], { cwd: folder });
  await rm(path.join(folder, 'flipgate.yaml'));
  const runs: Ran[] = [];
  for (let index = 0; index < times; index += 1)
    runs.push(
      await node([cli, 'gate', 'acceptance', '--json', '--store', store], {
        cwd: folder,
        codes: [0, 1, 3, 4],
      }),
    );
  return runs;
}

function rowsOf(many: Ran | undefined, few: number): readonly BenchRow[] {
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
}
