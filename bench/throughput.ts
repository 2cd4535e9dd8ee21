import { readFile } from 'node:fs/promises';
import path from 'node:path';
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
const calls = quick ? 4000 : 10_000;
const pairs = quick ? 2 : 7;

const flags = ['--concurrency', String(concurrency), '--warmup', '128', '--no-scores', '--json', '--quiet'];

/** Calls per second through the whole engine against a bare loop, arm without delay, scoring off, in alternated pairs. */
export async function throughput(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50 }, async (url) => {
      const gold = await writeGold(folder, calls);
      const args = [cli, 'run', '--blue', url, '--gold', gold, ...flags];
      const ours: number[] = [];
      const controls: number[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        controls.push((await bareLoop(url, { warmup: 128, calls, concurrency })).rate);
        const record = recordOf(await node(args, { cwd: folder }));
        const seconds =
          (Date.parse(record.finished_at) - (await firstCallAt(path.join(folder, 'reports', record.id)))) /
          1000;
        ours.push(record.summary.calls.ok / seconds);
      }
      const ratio = median(ours.map((rate, index) => rate / (controls[index] ?? Number.NaN)));
      const note = `${median(ours).toFixed(0)}/s against ${median(controls).toFixed(0)}/s; ${spread(controls)}`;
      return [
        {
          name: 'calls per second, engine / bare loop',
          value: ratio.toFixed(2),
          bar: '≥ 0.5',
          ok: ratio >= 0.5,
          note,
        },
      ];
    }),
  );
}

/** When the first measured call was sent, in milliseconds: like the control's, the time begins after the calls for warming up. */
async function firstCallAt(run: string): Promise<number> {
  const lines = (await readFile(path.join(run, 'calls.jsonl'), 'utf8')).trimEnd().split('\n');
  return Math.min(...lines.map((line) => Date.parse((JSON.parse(line) as { at: string }).at))); // the run wrote it
}
