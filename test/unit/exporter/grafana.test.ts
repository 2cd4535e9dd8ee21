import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alerts, annotationsOf } from '../../../scripts/grafana/alerts.ts';
import { alertCases } from '../../../scripts/grafana/cases/alert-cases.ts';
import { limits, healthy } from '../../../scripts/grafana/cases/world.ts';
import { pages, panelQueries } from '../../../scripts/grafana/dashboards/all.ts';
import { committedFiles } from '../../../scripts/grafana/committed-files.ts';
import { knownLabels } from '../../../scripts/grafana/promql.ts';
import { recordingRules } from '../../../scripts/grafana/rule-file.ts';
import { defaultGates } from '../../../src/gates/rules.ts';
import { catalogue } from '../../../src/exporter/series/catalogue.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const files = committedFiles();

interface GrafanaRule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly { readonly refId: string; readonly model: { readonly expr?: string } }[];
  readonly noDataState: string;
  readonly execErrState: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Provisioned {
  readonly groups: readonly {
    readonly orgId: number;
    readonly folder: string;
    readonly interval: string;
    readonly rules: readonly GrafanaRule[];
  }[];
}
const provisioned = (parse(read('grafana/provisioning/alerting/rules.yml')) as Provisioned).groups;
const grafanaRules = provisioned.flatMap(({ rules }) => rules);

describe('the committed files', () => {
  test('are what the script makes', () => {
    const changed = Object.entries(files).filter(([name, text]) => read(name) !== text);
    expect(changed.map(([name]) => `${name}: run npm run grafana`)).toEqual([]);
  });

  test('are no others', () => {
    const committed = readdirSync(join(root, 'grafana'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
    expect(committed.sort()).toEqual(
      Object.keys(files)
        .filter((name) => name.startsWith('grafana/'))
        .sort(),
    );
  });
});

/** Names of series in a query, with the labels that it selects or groups by. */
function asked(expr: string): readonly { name: string; labels: readonly string[] }[] {
  return [...expr.matchAll(/\b(flipgate[\w:]*|up|ALERTS)\b(?:\{([^}]*)\})?/gu)].map(
    ([, name = '', inside = '']) => ({
      name,
      labels: [...inside.matchAll(/(\w+)(?:=~|!~|!=|=)"/gu)].map(([, label = '']) => label),
    }),
  );
}

const queries = [
  ...alerts.map(({ alert, expr }) => ({ of: alert, expr })),
  ...Object.entries(recordingRules).map(([of, expr]) => ({ of, expr })),
  ...panelQueries().map(({ dashboard, panel, expr }) => ({ of: `${dashboard}, ${panel}`, expr })),
  ...grafanaRules.flatMap(({ title, data }) =>
    data.flatMap(({ model }) =>
      model.expr === undefined ? [] : [{ of: `Grafana ${title}`, expr: model.expr }],
    ),
  ),
];

describe('every query of rules and dashboards', () => {
  test('asks for series of the catalogue, by labels that they have', () => {
    const unknown = queries.flatMap(({ of, expr }) =>
      asked(expr.replaceAll(/"flipgate"/gu, '""')).flatMap(({ name, labels }) => {
        if (name in recordingRules) return labels.length === 0 ? [] : [`${of}: ${name} has no labels`];
        const known = knownLabels.get(name);
        return known === undefined
          ? [`${of}: ${name}`]
          : labels.filter((label) => !known.includes(label)).map((label) => `${of}: ${name}.${label}`);
      }),
    );
    expect(queries.length).toBeGreaterThan(50);
    expect(unknown).toEqual([]);
  });

  test('joins and groups by labels that some series has', () => {
    const labels = new Set([...knownLabels.values()].flat());
    const strange = queries.flatMap(({ of, expr }) =>
      [...expr.matchAll(/\b(?:on|by) \(([^)]*)\)/gu)]
        .flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))
        .filter((label) => label !== '' && !labels.has(label))
        .map((label) => `${of}: ${label}`),
    );
    expect(strange).toEqual([]);
  });

  test('shows every series of the catalogue on some dashboard', () => {
    const shown = new Set(panelQueries().flatMap(({ expr }) => asked(expr).map(({ name }) => name)));
    expect(catalogue.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});

test('no shipped file names an arm', () => {
  const shipped = Object.keys(files).filter(
    (name) => name.startsWith('grafana/') && !name.startsWith('grafana/prometheus/tests/'),
  );
  const colours = /"color": "\w+"|"fixedColor": "\w+"/gu;
  expect(shipped.filter((name) => /\b(blue|green)\b/iu.test(read(name).replaceAll(colours, '')))).toEqual([]);
  expect(queries.filter(({ expr }) => /\barm(=|!=|=~|!~)"/u.test(expr))).toEqual([]);
});

describe('every alert', () => {
  test.each(alerts)('$alert has a summary, a description and a section in the runbook', (alert) => {
    const { summary, description, runbook = '' } = annotationsOf(alert);
    expect(summary).toMatch(/\.$/u);
    expect(description).toMatch(/\.$/u);
    expect(runbook).toMatch(/^docs\/alerts\.md#/u);
    const anchors = [...read('docs/alerts.md').matchAll(/^## (.*)$/gmu)].map(([, title = '']) =>
      title.toLowerCase(),
    );
    expect(anchors).toContain(runbook.split('#')[1]);
  });

  test.each(alerts)('$alert has a test in which it fires', ({ alert, about }) => {
    const tested =
      about === 'alerting' ||
      alert === 'FlipgateGateDisagrees' ||
      alertCases.some(({ fires }) => (fires[alert] ?? []).length > 0);
    expect(tested).toBe(true);
  });

  test('acts only where it says critical', () => {
    expect(
      alerts
        .filter(({ action }) => action !== undefined)
        .map(({ alert, severity }) => `${alert} ${severity}`),
    ).toEqual(['FlipgateBreach critical', 'FlipgateBlind critical']);
  });
});

describe('the alerts for Grafana', () => {
  test('are those for Prometheus', () => {
    expect(grafanaRules.map(({ title }) => title)).toEqual(alerts.map(({ alert }) => alert));
    for (const [index, { expr }] of alerts.entries()) {
      const asks = grafanaRules[index]?.data[0]?.model.expr ?? '';
      expect(asks.replaceAll(/\s/gu, '')).toBe(`count(${expr})orvector(0)`.replaceAll(/\s/gu, ''));
    }
  });

  test('never take silence for health', () => {
    for (const { noDataState, execErrState } of grafanaRules) {
      expect(['Alerting', 'NoData']).toContain(noDataState);
      expect(['Alerting', 'Error']).toContain(execErrState);
    }
  });

  test('have an organisation, a folder, an interval, a duration and a condition each', () => {
    for (const { orgId, folder, interval } of provisioned) {
      expect(orgId).toBe(1);
      expect(folder).not.toBe('');
      expect(interval).toMatch(/^\d+s$/u);
    }
    for (const { uid, for: duration, condition, data } of grafanaRules) {
      expect(uid).toMatch(/^[a-z0-9-]{1,40}$/u);
      expect(duration).toMatch(/^\d+[sm]$/u);
      expect(data.map(({ refId }) => refId)).toContain(condition);
    }
    expect(new Set(grafanaRules.map(({ uid }) => uid)).size).toBe(grafanaRules.length);
  });

  test('name no organisation 0 anywhere', () => {
    const all = Object.keys(files).filter((name) => name.startsWith('grafana/provisioning/'));
    expect(all.filter((name) => /orgId: (?!1$)/mu.test(read(name)))).toEqual([]);
  });
});

describe('every panel', () => {
  const panels = pages.flatMap(({ name, panels: of }) => of.map((panel) => ({ name, panel: panel.build() })));

  test.each(panels)('$name: $panel.title says what it shows where there is nothing', ({ panel }) => {
    expect(panel.fieldConfig?.defaults?.noValue ?? '').not.toBe('');
    expect(panel.description ?? '').not.toBe('');
    expect(panel.targets?.length ?? 0).toBeGreaterThan(0);
  });

  test('of what a run measured shows it only while the run is fresh', () => {
    const ofRuns =
      /flipgate_(semantic_distance_ratio|coverage|lambda|error_ratio|server_error|questions|stage_latency|run_duration)/u;
    const unmasked = panelQueries().filter(
      ({ expr }) =>
        ofRuns.test(expr) && !/time\(\) - flipgate_\w+_timestamp_seconds(\{[^}]*\})? <= /u.test(expr),
    );
    // The conditions of the gate are answers of their own, and their freshness is one of them.
    expect(unmasked.map(({ panel }) => panel).filter((title) => title !== 'Why')).toEqual([]);
  });
});

test('the limits in the tests of the rules are those of the gate', () => {
  const known = (defaultGates['acceptance'] ?? []).map(
    (rule) => [rule.name, 'limit' in rule ? rule.limit : undefined] as const,
  );
  expect(known).toEqual(expect.arrayContaining(Object.entries(limits)));
  expect(Object.keys(healthy).length).toBeGreaterThan(20);
});
