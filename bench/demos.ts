import { cli, inFolder, node, quick } from './processes.ts';
import type { BenchRow } from './row.ts';

const times = quick ? 2 : 20;
/** Exit codes of the demo's gate, as the spec page "gates" has them. */
const endings: Readonly<Record<string, number>> = {
  healthy: 0,
  'stale-index': 1,
  'wrong-tokenizer': 1,
  slow: 1,
  faulty: 1,
  unstable: 1,
  'tool-loop': 1,
  'version-drift': 1,
  identical: 4,
};

/** Some of them only, by name, so that they can be shown side by side. */
const chosen = process.env['BENCH_SCENARIOS']?.split(',');

/** Every scenario of the demo again and again: how often it ended as it must. */
export async function demos(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [scenario, code] of Object.entries(endings)) {
    if (chosen?.includes(scenario) === false) continue;
    const ended = await inFolder((folder) => codesOf(scenario, folder));
    const right = ended.filter((found) => found === code).length;
    const others = ended.filter((found) => found !== code);
    const note =
      others.length === 0 ? `exit code ${code}` : `exit code ${code}, but also ${others.join(', ')}`;
    rows.push({
      name: `${scenario} ends as it must`,
      value: `${right} of ${times}`,
      bar: `${times} of ${times}`,
      ok: right === times,
      note,
    });
  }
  return rows;
}

async function codesOf(scenario: string, folder: string): Promise<readonly number[]> {
  const codes: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const store = `store-${time}`;
    const ran = await node([cli, 'demo', '--scenario', scenario, '--quiet', '--store', store], {
      cwd: folder,
      codes: [0, 1, 3, 4],
    });
    codes.push(ran.code);
  }
  return codes;
}
