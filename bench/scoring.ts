import { cp } from 'node:fs/promises';
import path from 'node:path';
import { bundled } from './bundled.ts';
import { cli, inFolder, median, node, quick, spread, withArm, writeGold } from './processes.ts';
import type { BenchRow } from './row.ts';

const calls = 504;
const concurrency = 64;
const pairs = quick ? 2 : 7;

const flags = ['--concurrency', String(concurrency), '--quiet'];

/**
 * A run with scoring against a bare loop followed by batch embedding, whole processes, no vector cached; and scoring a recorded run again.
 * What is made once per machine, the model's folded copy, is there beforehand.
 */
export async function scoring(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 200, variety: 200 }, async (url) => {
      const gold = await writeGold(folder, calls);
      const models = await modelCopy(folder, url);
      const ours: number[] = [];
      const control = await bundled('loop-then-embed.mjs');
      const controls: number[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        controls.push((await node([control, url, gold, String(calls), String(concurrency)])).seconds);
        const args = [cli, 'run', '--blue', url, '--gold', gold, ...flags, '--store', `store-${pair}`];
        const cache = path.join(folder, `cache-${pair}`);
        await cp(models, path.join(cache, 'models'), { recursive: true });
        ours.push((await node(args, { cwd: folder, env: { FLIPGATE_CACHE: cache } })).seconds);
      }
      const ratio = median(ours.map((seconds, index) => seconds / (controls[index] ?? Number.NaN)));
      const again = await rescore(folder, url);
      return [
        {
          name: `${calls} calls with scoring / bare loop and embedding`,
          value: ratio.toFixed(2),
          bar: '≤ 1.1',
          ok: ratio <= 1.1,
          note: spread(controls),
        },
        {
          name: 'scoring 320 recorded calls again',
          value: `${again.toFixed(2)} s`,
          bar: '≤ 1 s',
          ok: again <= 1,
        },
      ];
    }),
  );
}

/** The folder with the model's folded copy, which a first run makes. */
async function modelCopy(folder: string, url: string): Promise<string> {
  const cache = path.join(folder, 'cache-first');
  const gold = await writeGold(folder, 8);
  await node([cli, 'run', '--blue', url, '--gold', gold, '--quiet', '--store', 'first'], {
    cwd: folder,
    env: { FLIPGATE_CACHE: cache },
  });
  return path.join(cache, 'models');
}

async function rescore(folder: string, url: string): Promise<number> {
  const env = { FLIPGATE_CACHE: `${folder}/cache-again` };
  const gold = await writeGold(folder, 320);
  await node(
    [cli, 'run', '--blue', url, '--gold', gold, '--concurrency', '64', '--quiet', '--store', 'again'],
    { cwd: folder, env },
  );
  const times: number[] = [];
  for (let index = 0; index < 5; index += 1)
    times.push(
      (await node([cli, 'runs', 'score', 'blue', '--store', 'again'], { cwd: folder, env })).seconds,
    );
  return median(times);
}
