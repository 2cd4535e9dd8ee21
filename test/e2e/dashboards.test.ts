import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alerts } from '../../scripts/grafana/alerts.ts';
import { boards } from '../../scripts/grafana/dashboards/boards.ts';
import { generatedFiles } from '../../scripts/grafana/files.ts';
import { startExporter, type Exporter } from '../support/conformance/exporters.ts';
import { opened, settled } from '../support/conformance/consumers.ts';
import { healthyStore, type HealthyStore } from '../support/conformance/store.ts';
import { eventually } from '../support/servers/process.ts';
import { requireServer, type TestContext } from '../support/servers/programs.ts';
import { startPrometheus, type Prometheus } from '../support/servers/prometheus.ts';

const rules = fileURLToPath(new URL('../../grafana/prometheus/flipgate.rules.yml', import.meta.url));
let store: HealthyStore;
let exporter: Exporter | undefined;
let prometheus: Promise<Prometheus> | undefined;

beforeAll(async () => {
  store = await healthyStore();
}, 60_000);
afterAll(async () => {
  await (await prometheus?.catch(() => undefined))?.close();
  await exporter?.close();
  await store.close();
});

async function filled(context: TestContext): Promise<Prometheus> {
  const binary = await requireServer('prometheus', context);
  prometheus ??= (async () => {
    exporter = await startExporter(await store.copy());
    const started = await startPrometheus(binary, { scrape: { flipgate: [`${exporter.url}/metrics`] }, ruleFiles: [rules] });
    await settled(started, 1);
    await opened(started);
    // The alerts are evaluated in a group of their own.
    await eventually(async () => ((await started.query('ALERTS')).length > 0 ? true : undefined), 30);
    return started;
  })();
  return prometheus;
}

describe.each(boards.map((board) => [board.title, board] as const))('the dashboard "%s"', (_, board) => {
  test.for(board.panels.map((panel) => [panel.title, panel] as const))(
    'has data in "%s", or says why not',
    { timeout: 60_000 },
    async ([, panel], context) => {
      const found = await filled(context);
      const results = await Promise.all(panel.queries.map(({ expr }) => found.query(expr)));
      const isEmpty = results.every((samples) => samples.length === 0);
      expect(isEmpty, panel.emptyBecause ?? 'it has no reason to be empty').toBe(panel.emptyBecause !== undefined);
      expect(panel.noValue).not.toBe('0');
    },
  );
});

test(
  'every query of an alert runs, and only the dead man’s switch and the watch’s own silence differ from quiet',
  { timeout: 60_000 },
  async (context) => {
    const found = await filled(context);
    const firing: string[] = [];
    for (const { alert, expr } of alerts) if ((await found.query(expr)).length > 0) firing.push(alert);
    expect(firing).toEqual(['FlipgateDeadMansSwitch']);
  },
);

test('no alert of Grafana takes silence for health', () => {
  const text = generatedFiles()['grafana/provisioning/alerting/rules.yaml'] ?? '';
  const states = [...text.matchAll(/(noDataState|execErrState): (\w+)/gu)].map(([, , state]) => state);
  expect(states).toHaveLength(2 * alerts.length);
  expect(new Set(states)).toEqual(new Set(['Alerting']));
  expect(text.match(/^ {8}for: \d+[sm]$/gmu)).toHaveLength(alerts.length);
  expect(text).not.toMatch(/orgId: 0/u);
});
