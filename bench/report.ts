import { existsSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { cli, inFolder, median, node, quick, withArm, writeGold } from './processes.ts';
import type { BenchRow } from './row.ts';

interface Size {
  readonly calls: number;
  readonly megabytes: number;
  readonly seconds: number;
}

const sizes: readonly Size[] = [
  { calls: 320, megabytes: 1.5, seconds: 1 },
  { calls: 10_000, megabytes: 12, seconds: 10 },
  { calls: quick ? 20_000 : 100_000, megabytes: Number.NaN, seconds: Number.NaN },
];
const browser = '/usr/bin/chromium';
const times = 5;

/** How large the report of two runs is, how long `flipgate report` takes as a process of its own, and how quickly Chromium shows and filters it. */
export async function report(): Promise<readonly BenchRow[]> {
  return inFolder((folder) =>
    withArm({ delayMilliseconds: 0, variety: 50, varied: true }, async (url) => {
      const rows: BenchRow[] = [];
      for (const size of sizes) rows.push(...(await measure(size, folder, url)));
      return rows;
    }),
  );
}

async function measure(
  { calls, megabytes, seconds }: Size,
  folder: string,
  url: string,
): Promise<readonly BenchRow[]> {
  const store = `store-${calls}`;
  const settings = {
    gold: path.basename(await writeGold(folder, calls)),
    store,
    arms: { blue: { kind: 'http', url }, green: { kind: 'http', url } },
  };
  await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify(settings));
  await node([cli, 'run', '--quiet', '--concurrency', '32'], { cwd: folder });
  await node([cli, 'compare'], { cwd: folder });
  await rm(path.join(folder, 'flipgate.yaml'));
  const runs = (await readdir(path.join(folder, store))).filter((name) => /^\d{8}T/u.test(name)).sort();
  const ran = await node([cli, 'report', ...runs, '--store', store, '--out', 'report.html'], { cwd: folder });
  const file = path.join(folder, 'report.html');
  const size = (await stat(file)).size / 1e6;
  const shown = existsSync(browser) ? await show(file) : undefined;
  const of = `report of 2 × ${calls} calls`;
  const bars = !Number.isNaN(megabytes);
  return [
    {
      name: of,
      value: `${size.toFixed(2)} MB`,
      bar: bars ? `≤ ${megabytes} MB` : '',
      ok: bars ? size <= megabytes : undefined,
    },
    {
      name: `${of}, written`,
      value: `${ran.seconds.toFixed(2)} s`,
      bar: bars ? `≤ ${seconds} s` : '',
      ok: bars ? ran.seconds <= seconds : undefined,
      note: `peak memory ${ran.peakMegabytes.toFixed(0)} MB`,
    },
    ...shownRows(of, shown),
  ];
}

interface Shown {
  /** Milliseconds. */
  readonly verdict: number;
  readonly filter: number;
  readonly scroll: number;
}

function shownRows(of: string, shown: Shown | undefined): readonly BenchRow[] {
  if (shown === undefined)
    return ['verdict visible', 'filtering', 'scrolling'].map((what) => notMeasured(`${of}, ${what}`));
  const { verdict, filter, scroll } = shown;
  return [
    {
      name: `${of}, verdict visible`,
      value: `${verdict.toFixed(0)} ms`,
      bar: '≤ 1000 ms',
      ok: verdict <= 1000,
    },
    {
      name: `${of}, filtering`,
      value: `${filter.toFixed(0)} ms`,
      bar: '≤ 100 ms',
      ok: filter <= 100,
      note: 'slowest of the filters, until painted',
    },
    {
      name: `${of}, scrolling`,
      value: `${scroll.toFixed(0)} ms`,
      bar: '≤ 100 ms',
      ok: scroll <= 100,
      note: 'slowest of 20 steps, until painted',
    },
  ];
}

function notMeasured(name: string): BenchRow {
  return { name, value: 'not measured', bar: '', ok: undefined, note: `there is no ${browser}` };
}

async function show(file: string): Promise<Shown> {
  const chrome = await chromium.launch({
    executablePath: browser,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const verdicts: number[] = [];
    for (let count = 0; count < times; count += 1) {
      const page = await chrome.newPage();
      const started = performance.now();
      await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
      await page.locator('h1').waitFor({ state: 'visible' });
      verdicts.push(performance.now() - started);
      await page.close();
    }
    const page = await chrome.newPage();
    await page.goto(pathToFileURL(file).href);
    const filter = Math.max(...(await filterTimes(page)));
    return { verdict: median(verdicts), filter, scroll: await page.evaluate<number>(slowestScroll) };
  } finally {
    await chrome.close();
  }
}

/** Milliseconds from an input to the second frame after it: by then its result was painted. */
async function filterTimes(page: Page): Promise<readonly number[]> {
  const changes = [
    `form.search.value = 'pointer 7'`,
    `form.search.value = 'nothing has these words'`,
    `form.search.value = ''`,
    `form.flips.checked = true`,
    `form.flips.checked = false`,
    `form.state.value = 'split'`,
    `form.state.value = ''`,
    `form.worse.checked = true`,
    `form.worse.checked = false`,
  ];
  const taken: number[] = [];
  for (const change of changes) {
    taken.push(
      await page.evaluate<number>(`new Promise((resolve) => {
        const form = document.getElementById('filters').elements;
        const started = performance.now();
        ${change};
        document.getElementById('filters').dispatchEvent(new Event('input'));
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
      })`),
    );
  }
  return taken;
}

const slowestScroll = `(async () => {
  let slowest = 0;
  for (let step = 1; step <= 20; step += 1) {
    const started = performance.now();
    scrollTo(0, (document.documentElement.scrollHeight * step) / 20);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    slowest = Math.max(slowest, performance.now() - started);
  }
  return slowest;
})()`;
