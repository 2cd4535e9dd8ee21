import { alerts, annotationsOf, labelsOf, type Alert } from './alerts.ts';
import { indent } from './promql.ts';
import { yamlFile } from './rule-file.ts';
import { exporter } from './settings.ts';

const orgId = 1;
export const datasource = { type: 'prometheus', uid: 'flipgate-prometheus' } as const;
const folder = 'Flipgate';

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, '-').toLowerCase();

/**
 * The alert as a query that always answers: the number of its firing instances. So "no data" can only mean that something else than Prometheus
 * answered, and that alerts; what cannot be asked is an error, which Grafana sends under a name of its own to people: an unreachable Prometheus
 * moves no pointer.
 */
function grafanaRule(alert: Alert): object {
  const { labels, annotations } = { labels: labelsOf(alert), annotations: annotationsOf(alert) };
  const spoken = Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text.replaceAll(/ ?\{\{ \$(\w|\.)+ \}\}/gu, ' …'),
    ]),
  );
  return {
    uid: kebab(alert.alert),
    title: alert.alert,
    condition: 'C',
    data: queriesOf(alert),
    noDataState: 'Alerting',
    execErrState: 'Error',
    for: alert.for,
    ...(alert.keepFiringFor !== undefined && { keepFiringFor: alert.keepFiringFor }),
    labels,
    annotations: spoken,
    isPaused: false,
  };
}

/** How many instances fire, and whether that is more than none. */
function queriesOf(alert: Alert): readonly object[] {
  return [
    {
      refId: 'A',
      relativeTimeRange: { from: 300, to: 0 },
      datasourceUid: datasource.uid,
      model: {
        refId: 'A',
        datasource,
        expr: `count(\n${indent(alert.expr)}\n)\nor vector(0)`,
        instant: true,
        range: false,
      },
    },
    {
      refId: 'C',
      relativeTimeRange: { from: 0, to: 0 },
      datasourceUid: '__expr__',
      model: {
        refId: 'C',
        type: 'threshold',
        expression: 'A',
        conditions: [{ evaluator: { type: 'gt', params: [0] } }],
      },
    },
  ];
}

const contactPoints = {
  apiVersion: 1,
  contactPoints: [
    {
      orgId,
      name: 'people',
      receivers: [{ uid: 'flipgate-people', type: 'webhook', settings: { url: '${FLIPGATE_PEOPLE_URL}' } }],
    },
    {
      orgId,
      name: 'rollback',
      receivers: [
        {
          uid: 'flipgate-rollback',
          type: 'webhook',
          disableResolveMessage: true,
          settings: {
            url: `\${FLIPGATE_URL}/v1/alertmanager`,
            httpMethod: 'POST',
            authorization_scheme: 'Bearer',
            authorization_credentials: '${FLIPGATE_TOKEN}',
          },
        },
      ],
    },
    {
      orgId,
      name: 'dead-mans-switch',
      receivers: [
        { uid: 'flipgate-dead-mans-switch', type: 'webhook', settings: { url: '${FLIPGATE_HEARTBEAT_URL}' } },
      ],
    },
  ],
};

const policies = {
  apiVersion: 1,
  policies: [
    {
      orgId,
      receiver: 'people',
      group_by: ['alertname', 'arm'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
      routes: [
        { receiver: 'people', object_matchers: [['alertname', '=~', 'DatasourceError|DatasourceNoData']] },
        {
          receiver: 'dead-mans-switch',
          object_matchers: [['alertname', '=', 'FlipgateDeadMansSwitch']],
          group_wait: '0s',
          group_interval: '1m',
          repeat_interval: '1m',
        },
        {
          receiver: 'rollback',
          object_matchers: [['action', '=', 'rollback']],
          group_by: ['alertname', 'arm'],
          group_wait: '0s',
          group_interval: '10s',
          repeat_interval: '10s',
          continue: true,
        },
        { receiver: 'people', object_matchers: [['severity', '=', 'critical']], group_wait: '0s' },
      ],
    },
  ],
};

const datasources = {
  apiVersion: 1,
  datasources: [
    {
      orgId,
      name: 'Flipgate Prometheus',
      uid: datasource.uid,
      type: datasource.type,
      access: 'proxy',
      url: '${PROMETHEUS_URL}',
      editable: false,
      jsonData: {
        httpMethod: 'POST',
        timeInterval: exporter.scrapeInterval,
        prometheusType: 'Prometheus',
      },
    },
  ],
};

const dashboards = {
  apiVersion: 1,
  providers: [
    {
      orgId,
      name: 'flipgate',
      folder,
      type: 'file',
      disableDeletion: true,
      allowUiUpdates: false,
      options: { path: '/var/lib/grafana/dashboards/flipgate' },
    },
  ],
};

/** Files by their name under `grafana/provisioning`. */
export function provisioningFiles(): Readonly<Record<string, string>> {
  return {
    'datasources/flipgate.yml': yamlFile(datasources),
    'dashboards/flipgate.yml': yamlFile(dashboards),
    'alerting/rules.yml': yamlFile({
      apiVersion: 1,
      groups: [{ orgId, name: 'flipgate', folder, interval: '10s', rules: alerts.map(grafanaRule) }],
    }),
    'alerting/contact-points.yml': yamlFile(contactPoints),
    'alerting/policies.yml': yamlFile(policies),
  };
}
