import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue, stageDuration } from '../../src/exporter/series/catalogue.ts';
import { flipgate } from '../support/cli.ts';
import { startExporter, type Exporter } from '../support/conformance/exporters.ts';
import { samplesOfPage } from '../support/exposition.ts';
import { both, missing, promtoolOnMetrics } from '../support/promtool.ts';
import { eventually } from '../support/servers/process.ts';
import { requireServer, requireServers, type ServerName } from '../support/servers/programs.ts';
import { startPrometheus } from '../support/servers/prometheus.ts';
import { startPushgateway } from '../support/servers/pushgateway.ts';
import { callLine } from '../support/store-files.ts';
import { wholeStore, type WholeStore } from '../support/whole-store.ts';

const rules = fileURLToPath(new URL('../../grafana/prometheus/flipgate.rules.yml', import.meta.url));
/** Declared, and not exported by a version without a watch and pointers. */
const neverExported = new Set([
  'flipgate_watch_active',
  'flipgate_pointer_info',
  'flipgate_alert_actions_total', // no rollback is configured here
]);

let whole: WholeStore;
let exporter: Exporter;
beforeAll(async () => {
  whole = await wholeStore();
  exporter = await startExporter(whole.folder);
  await addLiveRun(whole);
}, 120_000);
afterAll(async () => {
  await exporter.close();
  await whole.close();
});

/** A run of each arm that is under way, with calls that are answered while the exporter looks. */
async function addLiveRun({ store }: WholeStore): Promise<void> {
  const id = (arm: string): string =>
    `${new Date().toISOString().replaceAll(/[-:]|\.\d{3}/gu, '')}-${arm}-abcdef`;
  for (const arm of ['blue', 'green']) {
    const folder = path.join(store, id(arm));
    await mkdir(folder);
    const latency = { total: 0.3, retrieve: 0.02, rerank: 0.03, reason: 0.25 };
    const line = callLine({ at: new Date().toISOString(), latency });
    await appendFile(path.join(folder, 'calls.jsonl'), `${JSON.stringify(line)}\n`.repeat(3));
  }
}

/** The page of the real exporter, once the live calls and what the arms report are on it. */
async function page(accept = 'text/plain'): Promise<string> {
  return eventually(async () => {
    const response = await fetch(`${exporter.url}/metrics`, { headers: { accept } });
    const text = await response.text();
    const wanted = ['blue', 'green'].flatMap((arm) => [
      `_count{arm="${arm}",stage="total"} 3`,
      `flipgate_arm_info{arm="${arm}"`,
    ]);
    return wanted.every((part) => text.includes(part)) ? text : undefined;
  }, 30);
}

describe.each(both('promtool'))('$name', (promtool) => {
  test.skipIf(missing(promtool))('finds nothing to complain about on /metrics', async () => {
    expect(promtoolOnMetrics(promtool, await page())).toEqual({ code: 0, output: '' });
  });
});

test('the page has every series that this version can measure, of both arms and both gates', async () => {
  const samples = samplesOfPage(await page());
  const names = new Set([...samples.keys()].map((key) => key.slice(0, key.indexOf('{'))));
  const wanted = [
    ...catalogue.map(({ name }) => name),
    ...['bucket', 'sum', 'count'].map((part) => `${stageDuration.name}_${part}`),
  ];
  expect(wanted.filter((name) => !names.has(name))).toEqual([...neverExported]);
  const keys = [...samples.keys()];
  for (const gate of ['acceptance', 'watch'])
    expect(keys).toContain(`flipgate_gate_verdict{arm="green",gate="${gate}"}`);
});

test('an arm has at most 200 series on it, with both gates and the histogram', async () => {
  const keys = [...samplesOfPage(await page()).keys()];
  const counts = ['blue', 'green'].map((arm) => keys.filter((key) => key.includes(`arm="${arm}"`)).length);
  expect(Math.min(...counts)).toBeGreaterThan(80);
  expect(Math.max(...counts)).toBeLessThanOrEqual(200);
});

test.for<ServerName>(['prometheus', 'prometheus-3'])(
  '%s takes the whole page, as text and as OpenMetrics alike',
  async (name, context) => {
    const binary = await requireServer(name, context);
    const prometheus = await startPrometheus(binary, { scrape: { flipgate: [`${exporter.url}/metrics`] } });
    try {
      // Prometheus asks for OpenMetrics where it is not told otherwise.
      const samples = samplesOfPage(
        (await page('application/openmetrics-text; version=1.0.0')).replace(/^# EOF\n/mu, ''),
      );
      expect([...samples.keys()]).toEqual([...samplesOfPage(await page()).keys()]);
      await eventually(
        async () => ((await prometheus.query('up{job="flipgate"} == 1')).length === 1 ? true : undefined),
        30,
      );
      const [scraped] = await prometheus.query('scrape_samples_scraped{job="flipgate"}');
      expect(Number(scraped?.value[1])).toBe(samples.size);
      const [found] = await prometheus.query('count({job="flipgate",__name__=~"flipgate_.+"})');
      expect(Number(found?.value[1])).toBe(samples.size);
    } finally {
      await prometheus.close();
    }
  },
);

test('the decision opens with a push to a Pushgateway', { timeout: 120_000 }, async (context) => {
  const programs = await requireServers(context, 'prometheus', 'pushgateway');
  const gateway = await startPushgateway(programs.pushgateway);
  const prometheus = await startPrometheus(programs.prometheus, {
    ruleFiles: [rules],
    scrape: { pushed: [`${gateway.url}/metrics`] },
  });
  try {
    const decision = async (): Promise<string | undefined> =>
      (await prometheus.query('flipgate:gate_decision:acceptance'))[0]?.value[1];
    await eventually(async () => ((await decision()) === '-1' ? true : undefined), 30);
    expect(await flipgate(whole.folder, ['push', '--gateway', gateway.url])).toMatchObject({ code: 0 });
    await eventually(async () => ((await decision()) === '1' ? true : undefined), 30);
  } finally {
    await prometheus.close();
    await gateway.close();
  }
});
