import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { alerts } from '../../scripts/grafana/alerts.ts';
import { panelQueries } from '../../scripts/grafana/dashboards/all.ts';
import { inFolder } from '../support/cli.ts';
import { listening, startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { both, missing } from '../support/promtool.ts';
import { seriesPage } from '../support/series-page.ts';

const rules = fileURLToPath(new URL('../../grafana/prometheus/flipgate.rules.yml', import.meta.url));
/** Of a healthy world: no alert that acts fires. */
const emptyOnPurpose = new Set(['Alerts that act']);

/** A Prometheus that scrapes a page which `serve` can take away. */
async function withPrometheus(
  program: string,
  body: (prometheus: Prometheus, serve: (page: (() => string) | undefined) => void) => Promise<void>,
): Promise<void> {
  let current: (() => string) | undefined = () => seriesPage(Date.now() / 1000);
  const server = createServer((_, response) => {
    response.writeHead(current === undefined ? 503 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(current?.() ?? '');
  });
  const target = await listening(server);
  await inFolder(async (folder) => {
    const prometheus = await startPrometheus(program, path.join(folder, 'prometheus'), { target, rules });
    try {
      await body(prometheus, (page) => {
        current = page;
      });
    } finally {
      await prometheus.close();
    }
  }).finally(() => server.close());
}

async function valuesOf({ query }: Prometheus, expr: string): Promise<readonly string[]> {
  const { data } = await query(expr);
  return (data?.result ?? []).map(({ value }) => value[1]);
}

async function until(prometheus: Prometheus, expr: string, wanted: string): Promise<void> {
  let found: readonly string[] = [];
  for (const deadline = Date.now() + 100_000; Date.now() < deadline; await sleep(500)) {
    found = await valuesOf(prometheus, expr);
    if (found.length === 1 && found[0] === wanted) return;
  }
  throw new Error(`${expr} is ${JSON.stringify(found)}, wanted ${wanted}`);
}

describe.each(both('prometheus'))('$name', (program) => {
  test.skipIf(missing(program))(
    'answers every query of every panel, and closes the gate when the exporter fails',
    { timeout: 600_000 },
    () =>
      withPrometheus(program.path ?? program.name, async (prometheus, serve) => {
        await until(prometheus, 'flipgate:gate_decision:acceptance', '1');
        await until(prometheus, 'flipgate:gate_decision:watch', '1');
        await until(prometheus, 'flipgate:gate_raw:acceptance', '1');
        await until(prometheus, 'ALERTS{alertname="FlipgateDeadMansSwitch"}', '1');
        // Two scrapes, of which a rate is made.
        await until(prometheus, 'count(rate(flipgate_calls_total[5m])) > bool 0', '1');
        await until(prometheus, 'count(rate(flipgate_stage_duration_seconds_count[5m])) > bool 0', '1');

        for (const { dashboard, panel, legend, expr } of panelQueries()) {
          const { status, error, warnings, data } = await prometheus.query(expr);
          expect({ dashboard, panel, legend, status, error, warnings }).toMatchObject({
            status: 'success',
            error: undefined,
            warnings: undefined,
          });
          expect({ dashboard, panel, legend, empty: data?.result.length === 0 }).toEqual({
            dashboard,
            panel,
            legend,
            empty: emptyOnPurpose.has(panel),
          });
        }
        expect(await valuesOf(prometheus, 'ALERTS{alertname!="FlipgateDeadMansSwitch"}')).toEqual([]);

        for (const { alert, expr } of alerts)
          expect({ alert, ...(await prometheus.query(expr)) }).toMatchObject({ alert, status: 'success' });

        serve(undefined);
        await until(prometheus, 'flipgate:gate_decision:acceptance', '-1');
        await until(prometheus, 'flipgate:gate_decision:watch', '-1');
        await until(prometheus, 'flipgate:gate_raw:acceptance', '0');
      }),
  );
});
