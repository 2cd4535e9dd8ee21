import { stringify } from 'yaml';
import { alerts, annotationsOf, labelsOf } from './alerts.ts';
import { decision } from './decision.ts';
import { rawExpression } from './raw.ts';
import { exporter } from './settings.ts';

const head = '# Made by flipgate-grafana: change its settings (docs/alerts.md), not this file.\n';

export function yamlFile(content: unknown): string {
  return head + stringify(content, { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false });
}

const recorded = {
  'flipgate:gate_raw:acceptance': rawExpression,
  'flipgate:gate_decision:acceptance': decision('acceptance'),
  'flipgate:gate_decision:watch': decision('watch'),
} as const;

export const recordingRules: Readonly<Record<string, string>> = recorded;

export function ruleFile(): string {
  return yamlFile({
    groups: [
      {
        name: 'flipgate-gates',
        interval: exporter.scrapeInterval,
        rules: Object.entries(recordingRules).map(([record, expr]) => ({ record, expr })),
      },
      {
        name: 'flipgate-alerts',
        interval: exporter.scrapeInterval,
        rules: alerts.map((alert) => ({
          alert: alert.alert,
          expr: alert.expr,
          for: alert.for,
          ...(alert.keepFiringFor !== undefined && { keep_firing_for: alert.keepFiringFor }),
          labels: labelsOf(alert),
          annotations: annotationsOf(alert),
        })),
      },
    ],
  });
}
