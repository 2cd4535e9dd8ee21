import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cli, node } from './processes.ts';

type Written = Readonly<Record<string, unknown>>;

/** What one session of the demo wrote, to be copied. */
export interface Pattern {
  readonly runs: Readonly<Record<'blue' | 'green', Written>>;
  readonly verdict: Written;
  readonly comparison: Written;
}

export interface BenchStore {
  /** Has a configuration file, and the store under its usual name. */
  readonly folder: string;
  /** Writes a verdict of the acceptance gate on Green that rests on a new run, which ended `at` (milliseconds since 1970). */
  judge(at: number): Promise<void>;
}

const gold = fileURLToPath(new URL('../gold/handbook', import.meta.url));
const betweenRuns = 30_000;
/** Once they are older than this, a file system's times tell the next change. */
const settledMilliseconds = 2500;

export async function demoPattern(folder: string): Promise<Pattern> {
  await node([cli, 'demo', '--quiet'], { cwd: folder });
  const store = path.join(folder, 'reports');
  const json = async (...names: readonly string[]): Promise<Written> =>
    JSON.parse(await readFile(path.join(store, ...names), 'utf8')) as Written; // the demo wrote it just now
  const names = await readdir(store);
  const [blue = '', green = ''] = ['blue', 'green'].map((arm) =>
    names.find((name) => name.includes(`-${arm}-`)),
  );
  return {
    runs: { blue: await json(blue, 'run.json'), green: await json(green, 'run.json') },
    verdict: await json('verdicts', 'acceptance.green.json'),
    comparison: await json('comparisons', `${blue}..${green}`, 'comparison.json'),
  };
}

/** A store of so many runs of two arms with two gates, and a configuration that asks the arms for their versions. */
export async function writeStore(
  folder: string,
  count: number,
  { pattern, url }: { pattern: Pattern; url: string },
): Promise<BenchStore> {
  const store = path.join(folder, 'reports');
  const now = Date.now();
  const newest = { blue: '', green: '' };
  for (let index = 0; index < count; index += 1) {
    const arm = index % 2 === 0 ? 'blue' : 'green';
    newest[arm] = await writeRun(store, pattern, { arm, at: now - betweenRuns * (count - index) });
  }
  const about = {
    ...pattern.verdict,
    evaluated_at: iso(now),
    evidence_at: iso(now - 2 * betweenRuns),
    expires_at: iso(now + 3.6e6),
  };
  for (const gate of ['acceptance', 'watch'])
    for (const arm of ['blue', 'green'] as const)
      await writeVerdict(store, { ...about, gate, arm, runs: { candidate: newest[arm] } });
  await writeComparison(path.join(store, 'comparisons', `${newest.blue}..${newest.green}`), pattern);
  await configure(folder, url);
  await pause(settledMilliseconds);
  return {
    folder,
    async judge(at) {
      const candidate = await writeRun(store, pattern, { arm: 'green', at });
      await writeVerdict(store, {
        ...about,
        gate: 'acceptance',
        arm: 'green',
        evidence_at: iso(at),
        runs: { candidate },
      });
    },
  };
}

async function writeComparison(compared: string, { comparison }: Pattern): Promise<void> {
  await mkdir(compared, { recursive: true });
  await writeFile(path.join(compared, 'comparison.json'), JSON.stringify(comparison));
}

/** Both arms are asked for their versions at `url`. */
async function configure(folder: string, url: string): Promise<void> {
  const arm = { kind: 'http', url, versionsUrl: url };
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ gold, arms: { blue: arm, green: arm } }),
  );
}

async function writeRun(
  store: string,
  { runs }: Pattern,
  { arm, at }: { arm: 'blue' | 'green'; at: number },
): Promise<string> {
  const id = `${iso(at).replaceAll(/[-:]|\.\d{3}/gu, '')}-${arm}-${(at % 0xffffff).toString(16).padStart(6, '0')}`;
  await mkdir(path.join(store, id), { recursive: true });
  const record = { ...runs[arm], id, started_at: iso(at - 10_000), finished_at: iso(at) };
  await writeFile(path.join(store, id, 'run.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  return id;
}

/** As `flipgate gate` does: to another name, then renamed. */
async function writeVerdict(store: string, verdict: Written): Promise<void> {
  const file = path.join(store, 'verdicts', `${String(verdict['gate'])}.${String(verdict['arm'])}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, JSON.stringify(verdict, undefined, 2));
  await rename(`${file}.tmp`, file);
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
