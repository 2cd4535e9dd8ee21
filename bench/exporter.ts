import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { demoPattern, writeStore, type BenchStore } from './exporter-store.ts';
import { inFolder, median, node, quick, withArm } from './processes.ts';
import type { BenchRow } from './row.ts';
import { withSameBytes, withServed, type Served, type Usage } from './served.ts';

const rate = 50;
const seconds = quick ? 5 : 60;
const starts = quick ? 2 : 7;
const verdicts = quick ? 3 : 15;
const scrapesInAll = quick ? 1000 : 10_000;
const warmupScrapes = quick ? 500 : 3000;
const readyRuns = quick ? 2000 : 10_000;

/** `flipgate serve` as a process of its own: scrapes, memory, how soon a verdict shows, and how soon it is ready; 2 arms with 2 gates each. */
export async function exporter(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 1 }, async (url) => {
      const pattern = await demoPattern(folder);
      const storeOf = async (count: number): Promise<BenchStore> => {
        const own = path.join(folder, String(count));
        await mkdir(own);
        return writeStore(own, count, { pattern, url });
      };
      const store = await storeOf(1000);
      const served = await withServed(store.folder, async (one) => [
        ...(await scraped(one)),
        ...(await grown(one)),
        ...(await seen(one, store)),
      ]);
      return [...served, await readied(store, 1000), await readied(await storeOf(readyRuns), readyRuns)];
    }),
  );
}

interface Scraped {
  readonly scrapes: number;
  readonly failed: number;
  /** Milliseconds since it was due. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** At the same time as a server that only sends the same bytes: what the machine does to one it does to the other. */
async function scraped({ url }: Served): Promise<readonly BenchRow[]> {
  const of = `scrape of 1000 runs, ${rate} a second for ${seconds} s`;
  return withSameBytes(`${url}/metrics`, async (control) => {
    const { stdout } = await scrapeLoop(rate, seconds, [`${url}/metrics`, control]);
    const [ours, bare] = JSON.parse(stdout) as [Scraped, Scraped]; // scrape-loop.mjs prints just that
    const isAll = ours.failed === 0 && ours.scrapes === rate * seconds;
    const bareText = `${bare.p50.toFixed(1)}, ${bare.p99.toFixed(1)} and ${bare.longest.toFixed(1)} ms`;
    return [
      {
        name: `${of}, p99`,
        value: `${ours.p99.toFixed(1)} ms`,
        bar: '≤ 10 ms, none fails',
        ok: ours.p99 <= 10 && isAll,
        note: `p50 ${ours.p50.toFixed(1)} ms, longest ${ours.longest.toFixed(1)} ms, ${ours.failed} failed; bare server: p50, p99, longest ${bareText}`,
      },
      { name: `${of}, p99 / bare server`, value: (ours.p99 / bare.p99).toFixed(2), bar: '', ok: undefined },
    ];
  });
}

async function grown({ url, usage }: Served): Promise<readonly BenchRow[]> {
  const scrape = (count: number): Promise<unknown> =>
    scrapeLoop(scrapesASecond, count / scrapesASecond, [`${url}/metrics`]);
  await scrape(warmupScrapes);
  const before = await usage();
  await scrape(scrapesInAll);
  const after = await usage();
  const rows = (['heapUsed', 'rss'] as const).map((kind) => {
    const growth = after[kind] / before[kind] - 1;
    return {
      name: `${kind === 'rss' ? 'resident memory' : 'heap'} over ${scrapesInAll} scrapes`,
      value: `${(100 * growth).toFixed(1)} %`,
      bar: '≤ 5 % growth',
      ok: growth <= 0.05,
      note: `${megabytes(before, kind)} to ${megabytes(after, kind)}, each after a collection, ${warmupScrapes} scrapes before`,
    };
  });
  const milliseconds = (1000 * (after.processorSeconds - before.processorSeconds)) / scrapesInAll;
  return [
    ...rows,
    {
      name: `processor time a scrape, ${scrapesASecond} a second`,
      value: `${milliseconds.toFixed(1)} ms`,
      bar: '',
      ok: undefined,
    },
  ];
}

const scrapesASecond = 100;

function megabytes(usage: Usage, kind: 'rss' | 'heapUsed'): string {
  return `${(usage[kind] / 1e6).toFixed(1)} MB`;
}

/** From the rename of a verdict's file to the first answer that tells it, asked at both places again and again. */
async function seen({ url }: Served, store: BenchStore): Promise<readonly BenchRow[]> {
  const taken: Record<'/metrics' | '/v1/gates', number[]> = { '/metrics': [], '/v1/gates': [] };
  for (let count = 0; count < verdicts; count += 1) {
    await pause(137 * (1 + (count % 5)));
    const at = Date.now() - 1000;
    await store.judge(at);
    const judged = performance.now();
    const page = `flipgate_gate_evaluated_timestamp_seconds{gate="acceptance",arm="green"} ${at / 1000}\n`;
    const [atMetrics, atGates] = await Promise.all([
      until(async () => (await textOf(`${url}/metrics`)).includes(page)),
      until(async () =>
        (await textOf(`${url}/v1/gates/acceptance?arm=green`)).includes(new Date(at).toISOString()),
      ),
    ]);
    taken['/metrics'].push(atMetrics - judged);
    taken['/v1/gates'].push(atGates - judged);
  }
  return Object.entries(taken).map(([where, times]) => ({
    name: `a new verdict at ${where}`,
    value: `${Math.max(...times).toFixed(0)} ms`,
    bar: '≤ 1000 ms',
    ok: Math.max(...times) <= 1000,
    note: `longest of ${verdicts}, each with a new run; median ${median(times).toFixed(0)} ms`,
  }));
}

/** When it first holds, of a clock that begins anywhere. */
async function until(holds: () => Promise<boolean>): Promise<number> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) return Number.POSITIVE_INFINITY;
    await pause(10);
  }
  return performance.now();
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function readied({ folder }: BenchStore, runs: number): Promise<BenchRow> {
  const [taken, processor, controls]: [number[], number[], number[]] = [[], [], []];
  for (let start = 0; start < starts; start += 1) {
    controls.push((await node(['-e', '0'])).seconds);
    await withServed(folder, async ({ readySeconds, usage }) => {
      taken.push(readySeconds);
      processor.push((await usage()).processorSeconds);
    });
  }
  const range = `${Math.min(...taken).toFixed(2)} to ${Math.max(...taken).toFixed(2)} s`;
  return {
    name: `ready with ${runs} runs, since the process was started`,
    value: `${median(taken).toFixed(2)} s`,
    bar: '≤ 1 s',
    ok: median(taken) <= 1,
    note: `median of ${starts}, ${range}, processor time ${median(processor).toFixed(2)} s; node -e 0: ${median(controls).toFixed(2)} s`,
  };
}

function scrapeLoop(aSecond: number, forSeconds: number, urls: readonly string[]): ReturnType<typeof node> {
  return node([
    fileURLToPath(new URL('scrape-loop.mjs', import.meta.url)),
    String(aSecond),
    String(forSeconds),
    ...urls,
  ]);
}
