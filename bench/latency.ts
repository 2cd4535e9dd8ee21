import {
  bareLoop,
  cli,
  inFolder,
  median,
  node,
  quick,
  recordOf,
  spread,
  withArm,
  writeGold,
} from './processes.ts';
import type { BenchRow } from './row.ts';

const concurrency = 64;
const calls = quick ? 512 : 2000;
const pairs = quick ? 2 : 7;

const flags = ['--concurrency', String(concurrency), '--warmup', '128', '--json', '--quiet'];

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/** The latency that a run reports against a bare loop's, arm 200 ms, scoring on, in alternated pairs. */
export async function latency(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 200, variety: 50 }, async (url) => {
      const gold = await writeGold(folder, calls);
      const args = [cli, 'run', '--blue', url, '--gold', gold, ...flags];
      const measured: Percentiles[] = [];
      const controls: Percentiles[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        controls.push(await bareLoop(url, { warmup: 128, calls, concurrency }));
        measured.push(
          recordOf(await node(args, { cwd: folder, env: { FLIPGATE_CACHE: `${folder}/cache` } })).summary
            .latency.total,
        );
      }
      return (['p95', 'p50'] as const).map((share) => rowOf(share, measured, controls));
    }),
  );
}

function rowOf(
  share: keyof Percentiles,
  measured: readonly Percentiles[],
  controls: readonly Percentiles[],
): BenchRow {
  const ratio = median(measured.map((one, index) => one[share] / (controls[index]?.[share] ?? Number.NaN)));
  const bar = share === 'p95' ? 1.05 : 1.02;
  const note = `${pairs} pairs of ${calls} calls; ${spread(controls.map((one) => one[share]))}`;
  return {
    name: `latency ${share} reported / bare loop`,
    value: ratio.toFixed(3),
    bar: `≤ ${bar}`,
    ok: ratio <= bar,
    note,
  };
}
