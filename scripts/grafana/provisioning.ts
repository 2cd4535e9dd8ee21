import { QueryBuilder, RuleBuilder } from '@grafana/grafana-foundation-sdk/alerting';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { alerts, annotationsOf, labelsOf, type Alert } from './alerts.ts';
import { dataSource } from './dashboards/panel.ts';
import { yamlFile } from './rule-file.ts';
import { exporter } from './settings.ts';

const folder = 'flipgate';
const organisation = 1;

export function dataSourceFile(): string {
  return yamlFile({
    apiVersion: 1,
    datasources: [
      {
        name: 'flipgate Prometheus',
        type: dataSource.type,
        uid: dataSource.uid,
        orgId: organisation,
        access: 'proxy',
        url: '$FLIPGATE_PROMETHEUS_URL',
        jsonData: { httpMethod: 'POST', timeInterval: exporter.scrapeInterval },
        editable: false,
      },
    ],
  });
}

export function dashboardProviderFile(): string {
  return yamlFile({
    apiVersion: 1,
    providers: [
      {
        name: folder,
        orgId: organisation,
        folder,
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: '/etc/grafana/flipgate/dashboards' },
      },
    ],
  });
}

/** The same alerts as Prometheus has. A query that finds nothing is 0, so that no data means that nobody could look: that alerts. */
export function alertRulesFile(): string {
  return yamlFile({
    apiVersion: 1,
    groups: [{ orgId: organisation, name: 'flipgate', folder, interval: '15s', rules: alerts.map(rule) }],
  });
}

function rule(alert: Alert): object {
  const { orgID: _organisation, folderUID: _folder, ruleGroup: _group, for: pending, keep_firing_for: keep, ...built } = new RuleBuilder(alert.alert)
    .uid(alert.alert.toLowerCase())
    .condition('C')
    .withQuery(new QueryBuilder('A').datasourceUid(dataSource.uid).relativeTimeRange({ from: 300, to: 0 }).model(query(alert)))
    .withQuery(new QueryBuilder('C').datasourceUid('__expr__').relativeTimeRange({ from: 0, to: 0 }).model(aboveZero))
    .noDataState('Alerting')
    .execErrState('Alerting')
    .forDuration(alert.for)
    .labels({ ...labelsOf(alert) })
    .annotations({ ...annotationsOf(alert) })
    .orgID(organisation)
    .folderUID(folder)
    .ruleGroup(folder)
    .build() as unknown as Record<string, unknown>; // the file has other keys than the API that the builder is for
  return { ...built, for: pending, ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: keep ?? alert.keepFiringFor }), isPaused: false };
}

function query({ expr }: Alert): DataqueryBuilder {
  return new DataqueryBuilder().refId('A').instant().expr(`group by (arm, rule, gate, pointer) (\n${expr}\n) or on () vector(0)`);
}

const aboveZero: Builder<Dataquery> = {
  build: () =>
    ({
      refId: 'C',
      type: 'threshold',
      expression: 'A',
      datasource: { type: '__expr__', uid: '__expr__' },
      conditions: [{ evaluator: { type: 'gt', params: [0] } }],
    }) as unknown as Dataquery, // an expression of Grafana's own, which the builders do not have
};

/** Whoever is to be told writes their own receiver in the place of `people`. */
export function contactPointsFile(): string {
  const webhook = (name: string, settings: object): object => ({
    orgId: organisation,
    name,
    receivers: [{ uid: name, type: 'webhook', settings: { httpMethod: 'POST', ...settings }, disableResolveMessage: true }],
  });
  return yamlFile({
    apiVersion: 1,
    contactPoints: [
      webhook('flipgate-rollback', {
        url: '$FLIPGATE_URL/v1/alertmanager',
        authorization_scheme: 'Bearer',
        authorization_credentials: '$FLIPGATE_TOKEN',
      }),
      webhook('flipgate-people', { url: '$FLIPGATE_PEOPLE_WEBHOOK' }),
    ],
  });
}

export function policiesFile(): string {
  return yamlFile({
    apiVersion: 1,
    policies: [
      {
        orgId: organisation,
        receiver: 'flipgate-people',
        group_by: ['alertname', 'arm'],
        routes: [
          {
            receiver: 'flipgate-rollback',
            object_matchers: [['action', '=', 'rollback']],
            group_by: ['alertname', 'arm'],
            group_wait: '0s',
            group_interval: '15s',
            repeat_interval: '1m',
            continue: true,
          },
        ],
      },
    ],
  });
}

