import { yamlFile } from './rule-file.ts';
import { alertmanager, exporter, tokenFile } from './settings.ts';

export function prometheusFile(): string {
  return yamlFile({
    global: { scrape_interval: '15s', evaluation_interval: exporter.scrapeInterval },
    rule_files: ['flipgate.rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: exporter.job,
        scrape_interval: exporter.scrapeInterval,
        scrape_timeout: exporter.scrapeTimeout,
        static_configs: [{ targets: [exporter.address] }],
      },
    ],
  });
}

/** The receivers without settings drop what they get: a deployment writes its own there. */
export function alertmanagerFile(): string {
  const webhook = {
    url: `http://${exporter.address}/v1/alertmanager`,
    send_resolved: false,
    http_config: { authorization: { type: 'Bearer', credentials_file: tokenFile } },
  };
  return yamlFile({
    route: {
      receiver: 'people',
      group_by: ['alertname', 'arm'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
      routes: [
        {
          matchers: ['alertname="FlipgateDeadMansSwitch"'],
          receiver: 'dead-mans-switch',
          group_wait: '0s',
          group_interval: '1m',
          repeat_interval: '1m',
        },
        {
          matchers: ['action="rollback"'],
          receiver: 'rollback',
          group_by: ['alertname', 'arm'],
          group_wait: '0s',
          group_interval: '15s',
          repeat_interval: '1m',
          continue: true,
        },
        { matchers: ['severity="critical"'], receiver: 'people', group_wait: '0s' },
      ],
    },
    receivers: [
      { name: 'people' },
      { name: 'dead-mans-switch' },
      { name: 'rollback', webhook_configs: [webhook] },
    ],
  });
}
