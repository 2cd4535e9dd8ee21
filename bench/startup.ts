import { cli, inFolder, median, node } from './processes.ts';
import type { BenchRow } from './row.ts';

const runs = 15;

/** Whole processes that only tell about themselves, beside an empty Node program, and the demo with nothing cached. */
export async function startup(): Promise<readonly BenchRow[]> {
  const controls: number[] = [];
  const times = new Map<string, number[]>([
    ['--version', []],
    ['--help', []],
  ]);
  for (let index = 0; index < runs; index += 1) {
    controls.push((await node(['-e', '0'])).seconds);
    for (const [flag, seconds] of times) seconds.push((await node([cli, flag])).seconds);
  }
  const rows = [...times].map(([flag, seconds]) => {
    const milliseconds = 1000 * median(seconds);
    const note = `node -e 0: ${(1000 * median(controls)).toFixed(0)} ms`;
    return {
      name: `flipgate ${flag}`,
      value: `${milliseconds.toFixed(0)} ms`,
      bar: '≤ 150 ms',
      ok: milliseconds <= 150,
      note,
    };
  });
  const demo = await inFolder((folder) =>
    node([cli, 'demo', '--quiet'], { cwd: folder, env: { FLIPGATE_CACHE: `${folder}/cache` } }),
  );
  return [
    ...rows,
    {
      name: 'demo, nothing cached',
      value: `${demo.seconds.toFixed(1)} s`,
      bar: '≤ 30 s',
      ok: demo.seconds <= 30,
    },
  ];
}
