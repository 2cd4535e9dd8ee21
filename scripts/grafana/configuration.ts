import { yamlFile } from './rule-file.ts';
import { alertmanager, exporter, receivers, tokenFile } from './settings.ts';

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

/** What goes where, and how soon. */
const route = {
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
      // Repeated each time, as long as it fires: who moves traffic forward again onto what failed is moved back.
      group_interval: '10s',
      repeat_interval: '5s',
      continue: true,
    },
    { matchers: ['severity="critical"'], receiver: 'people', group_wait: '0s' },
  ],
};

const rollback = {
  url: `http://${exporter.address}/v1/alertmanager`,
  send_resolved: false,
  http_config: { authorization: { type: 'Bearer', credentials_file: tokenFile } },
};

/** A receiver that tells somebody, or that says in so many words that it tells nobody. */
function receiver(name: string, url: string | undefined, example: string): string {
  if (url !== undefined)
    return `  - name: ${name}\n    webhook_configs:\n      - url: ${JSON.stringify(url)}\n`;
  return `  # TELLS NOBODY and drops what it gets until you give it an address, as here or with any other kind of receiver.
  - name: ${name}
    # webhook_configs:
    #   - url: ${example}
`;
}

export const untold: readonly string[] = [
  ...(receivers.people === undefined ? ['people'] : []),
  ...(receivers.deadMansSwitch === undefined ? ['dead-mans-switch'] : []),
];

export function alertmanagerFile(): string {
  const warning =
    untold.length === 0
      ? ''
      : `# NOBODY IS TOLD ABOUT ANYTHING YET: fill in the receivers ${untold.join(' and ')} at the end of this file.\n`;
  return [
    warning,
    yamlFile({ route, receivers: [{ name: 'rollback', webhook_configs: [rollback] }] }),
    receiver('people', receivers.people, 'https://hooks.example.com/page-somebody'),
    receiver(
      'dead-mans-switch',
      receivers.deadMansSwitch,
      'https://alive.example.com/expects-a-call-each-minute',
    ),
  ].join('');
}
