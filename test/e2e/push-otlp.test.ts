import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue, stageDuration } from '../../src/exporter/series/catalogue.ts';
import { flipgate } from '../support/cli.ts';
import { startExporter } from '../support/conformance/exporters.ts';
import { samplesOfPage, seriesKey } from '../support/exposition.ts';
import { eventually } from '../support/servers/process.ts';
import { requireServer } from '../support/servers/programs.ts';
import { startPrometheus, type Prometheus } from '../support/servers/prometheus.ts';
import {
  forgetBlue,
  forgetCoverage,
  forgetRule,
  wholeStore,
  type WholeStore,
} from '../support/whole-store.ts';

const rules = new URL('../../grafana/prometheus/flipgate.rules.yml', import.meta.url).pathname;
/** Told by whoever exports: no two look at the same moment. */
const ofTheMoment = 'flipgate_arm_seen_timestamp_seconds';
/** Declared, and not exported by a version without a watch and pointers. */
const neverExported = new Set([
  'flipgate_watch_active',
  'flipgate_pointer_info',
  // Of a server alone.
  'flipgate_alert_actions_total',
  'flipgate_log_lines_dropped_total',
  'flipgate_config_reload_success',
  'flipgate_config_last_reload_timestamp_seconds',
]);

let whole: WholeStore;
beforeAll(async () => {
  whole = await wholeStore();
}, 120_000);
afterAll(() => whole.close());

interface Arrived {
  readonly value: number;
  /** How many times it was sent. */
  readonly times: number;
}

/** Every sample that a Prometheus has of ours, as it came: no look-back, no staleness. */
async function arrived({ url }: Prometheus, job = 'flipgate'): Promise<ReadonlyMap<string, Arrived>> {
  const query = `{__name__=~"flipgate_.+",job="${job}"}[1h]`;
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data } = (await response.json()) as {
    data: { result: readonly { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return new Map(
    data.result.map(({ metric: { __name__: name = '', job: _job, ...labels }, values }) => [
      seriesKey(name, labels),
      { value: Number(values.at(-1)?.[1]), times: values.length },
    ]),
  );
}

async function scraped(): Promise<ReadonlyMap<string, number>> {
  const exporter = await startExporter(whole.folder);
  try {
    const page = await eventually(async () => {
      const text = await (await fetch(`${exporter.url}/metrics`)).text();
      return text.includes('flipgate_arm_info{arm="green"') ? text : undefined;
    }, 30);
    // How its configuration and its log are, says a server alone.
    return new Map([...samplesOfPage(page)].filter(([key]) => !/^flipgate_(?:config|log)_/u.test(key)));
  } finally {
    await exporter.close();
  }
}

async function pushTo({ url }: Prometheus): Promise<void> {
  const { code, stdout, stderr } = await flipgate(whole.folder, [
    'push',
    '--otlp',
    `${url}/api/v1/otlp/v1/metrics`,
  ]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`sent the series to ${url}\n`);
}

const known = (samples: ReadonlyMap<string, unknown>): readonly string[] => [...samples.keys()].toSorted();
const nameOf = (key: string): string => key.slice(0, key.indexOf('{'));

test(
  'what a real receiver gets has the names, labels and values of /metrics, then forgets what is gone',
  { timeout: 180_000 },
  async (context) => {
    const binary = await requireServer('prometheus-3', context);
    const prometheus = await startPrometheus(binary, { otlp: true, ruleFiles: [rules] });
    try {
      await pushTo(prometheus);
      const page = await scraped();
      const first = await arrived(prometheus);
      expect(known(first)).toEqual(known(page));
      for (const [key, { value }] of first) {
        expect(Number.isFinite(value), key).toBe(true);
        if (key.startsWith(ofTheMoment)) expect(Math.abs(value - (page.get(key) ?? 0))).toBeLessThan(120);
        else expect([key, value]).toEqual([key, page.get(key)]);
      }
      const names = new Set(known(first).map(nameOf));
      expect(
        catalogue.map(({ name }) => name).filter((name) => !names.has(name) && !neverExported.has(name)),
      ).toEqual([]);
      expect(names.has(`${stageDuration.name}_count`)).toBe(false);
      const [target] = await prometheus.query('target_info');
      expect(target?.metric).toMatchObject({
        job: 'flipgate',
        service_version: expect.stringMatching(/^\d+\.\d+\.\d+/u),
      });
      await eventually(
        async () =>
          (await prometheus.query('flipgate:gate_decision:acceptance == 1')).length === 1 ? true : undefined,
        30,
      );

      await forgetCoverage(whole);
      await forgetRule(whole, 'error_rate');
      await forgetBlue(whole);
      await pushTo(prometheus);
      const [second, now] = [await arrived(prometheus), await scraped()];
      const gone = known(first).filter((key) => !now.has(key));
      for (const pattern of [/coverage_ratio.*green/u, /rule="error_rate"/u, /arm="blue"/u, /gate="watch"/u])
        expect(
          gone.some((key) => pattern.test(key)),
          String(pattern),
        ).toBe(true);
      const times = (sent: ReadonlyMap<string, Arrived>, keys: readonly string[]): readonly unknown[] =>
        keys.map((key) => [key, sent.get(key)?.times]);
      expect(times(second, gone)).toEqual(gone.map((key) => [key, 1]));
      const kept = known(first).filter((key) => now.has(key));
      expect(times(second, kept)).toEqual(kept.map((key) => [key, 2]));
      expect(known(second)).toEqual(known(first));
    } finally {
      await prometheus.close();
    }
  },
);

test('a Prometheus that takes no OTLP is an error with 4 that says what to do', async (context) => {
  const prometheus = await startPrometheus(await requireServer('prometheus-3', context));
  try {
    const { code, stderr } = await flipgate(whole.folder, [
      'push',
      '--otlp',
      `${prometheus.url}/api/v1/otlp/v1/metrics`,
    ]);
    expect(code).toBe(4);
    expect(stderr).toMatch(
      /^error: the series did not arrive at the OTLP receiver http:\S+: HTTP status 404: otlp write receiver needs to be enabled/u,
    );
    expect(stderr).toContain('/api/v1/otlp/v1/metrics with --web.enable-otlp-receiver');
  } finally {
    await prometheus.close();
  }
});
