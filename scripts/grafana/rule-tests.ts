import { alerts, annotationsOf, labelsOf, type Alert } from './alerts.ts';
import type { Firing } from './cases/alert-case.ts';
import { alertCases } from './cases/alert-cases.ts';
import { decisionCases } from './cases/decisions.ts';
import { rawCases } from './cases/raw-values.ts';
import { arms, healthy, now, step, type Input } from './cases/world.ts';
import { yamlFile } from './rule-file.ts';
import { maxAge, type GateName } from './settings.ts';

interface RuleTest {
  readonly name: string;
  readonly changes: Input;
  readonly expressions?: Readonly<Record<string, number>>;
  readonly alerts?: readonly object[];
}

/**
 * What a test costs is the evaluations of its world. A number of now needs the last alone (the one before it is a look at nothing); an alert needs
 * one that is further back than any `for` that is tested.
 */
const evaluatedEvery = { numbers: `${now}s`, alerts: `${now / 5}s` } as const;

function testFile(tests: readonly RuleTest[], evaluationInterval: string = evaluatedEvery.numbers): string {
  return yamlFile({
    rule_files: ['../flipgate.rules.yml'],
    evaluation_interval: evaluationInterval,
    tests: tests.map(({ name, changes, expressions = {}, alerts: expected }) => ({
      name,
      interval: `${step}s`,
      input_series: Object.entries({ ...healthy, ...changes }).flatMap(([series, values]) =>
        values === undefined ? [] : [{ series, values }],
      ),
      promql_expr_test: Object.entries(expressions).map(([expr, value]) => ({
        expr,
        eval_time: `${now}s`,
        exp_samples: [{ labels: expr, value }],
      })),
      ...(expected !== undefined && { alert_rule_test: expected }),
    })),
  });
}

const expanded = (text: string, { labels = {}, value = 1 }: Firing): string =>
  text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/gu, (_, label: string) => labels[label] ?? '')
    .replaceAll('{{ $value }}', String(value));

function firing(alert: Alert, one: Firing): object {
  const labels = { ...(alert.about === undefined && { arm: arms.candidate }), ...one.labels };
  return {
    exp_labels: { ...labelsOf(alert), ...labels },
    exp_annotations: Object.fromEntries(
      Object.entries(annotationsOf(alert)).map(([name, text]) => [name, expanded(text, { ...one, labels })]),
    ),
  };
}

/** What every alert does; those that are not named are silent, but the one that always fires. */
function expectations(
  fires: Readonly<Record<string, readonly Firing[]>>,
  of: readonly Alert[] = alerts,
): readonly object[] {
  return of.map((alert) => {
    const expected = fires[alert.alert] ?? (alert.about === 'alerting' ? [{}] : []);
    return {
      alertname: alert.alert,
      eval_time: `${now}s`,
      exp_alerts: expected.map((one) => firing(alert, one)),
    };
  });
}

function decisionTests(gate: GateName): string {
  return testFile(
    decisionCases.map(({ name, changes, decides }) => ({
      name,
      changes: changes(gate),
      expressions: { [`flipgate:gate_decision:${gate}`]: decides },
    })),
  );
}

function rawTests(): string {
  const disagreement = alerts.filter(({ alert }) => alert === 'FlipgateGateDisagrees');
  return testFile(
    rawCases.map(({ name, changes, raw, decides, disagrees = {} }) => ({
      name,
      changes,
      expressions: { 'flipgate:gate_raw:acceptance': raw, 'flipgate:gate_decision:acceptance': decides },
      alerts: expectations(
        {
          FlipgateGateDisagrees: Object.entries(disagrees).map(([rule, value]) => ({
            labels: { rule },
            value,
          })),
        },
        disagreement,
      ),
    })),
  );
}

/** Files by their name under `grafana/prometheus/tests`. */
export function ruleTests(): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(
      (Object.keys(maxAge) as GateName[]).map((gate) => [`decision-${gate}.test.yml`, decisionTests(gate)]),
    ),
    'raw.test.yml': rawTests(),
    'alerts.test.yml': testFile(
      alertCases.map(({ name, changes, fires }) => ({ name, changes, alerts: expectations(fires) })),
      evaluatedEvery.alerts,
    ),
  };
}
