import { defaultGates } from '../../src/gates/rules.ts';
import { blindExpression } from './blind.ts';
import { breachExpression } from './breach.ts';
import { changedExpression, failedExpression, staleExpression } from './judged.ts';
import { block, ofCandidate, series, within } from './promql.ts';
import { violatedRules } from './raw.ts';
import { clockSkew, docs, exporter, maxAge } from './settings.ts';
import { watchBrokenExpression } from './watch-broken.ts';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  /**
   * Outlives a gap in the data: an alert that ends because its series vanished says nothing good. None that acts does: it would go on to move traffic
   * after newer evidence that is well.
   */
  readonly keepFiringFor?: string;
  readonly severity: 'critical' | 'warning' | 'info' | 'none';
  readonly action?: 'rollback';
  /** What it is about where that is not an arm, which its label would name. */
  readonly about?: 'exporter' | 'pointer' | 'alerting' | 'sight';
  readonly summary: string;
  readonly description: string;
}

const drill = (defaultGates['acceptance'] ?? []).flatMap((rule) =>
  rule.kind === 'rollback_drill' ? [rule] : [],
)[0] ?? {
  limit: 0,
  maxAgeSeconds: 0,
};

const scraped = series('up', { job: exporter.job });
const down = `vector(1)
unless on ()
  ((count(${scraped} == 1) == count(${scraped})) and on () (count(${series('flipgate_build_info')}) > 0))`;

const drilled = series('flipgate_rollback_drill_last_success_timestamp_seconds');
const drillSeconds = series('flipgate_rollback_drill_duration_seconds');
const pointers = [
  'flipgate_pointer_info',
  'flipgate_rollback_drill_duration_seconds',
  'flipgate_rollback_drill_last_success_timestamp_seconds',
];
const undrilled = `(${pointers.map((name) => `group by (pointer) (${series(name)})`).join(' or ')})
unless on (pointer)
  (${within(drilled, drill.maxAgeSeconds ?? 0).join(' and ')} and on (pointer) (${drillSeconds} <= ${drill.limit ?? 0}))`;

export const alerts: readonly Alert[] = [
  {
    alert: 'FlipgateBreach',
    expr: breachExpression,
    for: '0s',
    severity: 'critical',
    action: 'rollback',
    summary: 'The watch of {{ $labels.arm }} says stop: {{ $labels.rule }} failed.',
    description:
      'Stop rule {{ $labels.rule }} of the watch gate failed on {{ $labels.arm }} with the value {{ $value }}, which is beyond its limit. Roll back.',
  },
  {
    alert: 'FlipgateBlind',
    expr: blindExpression,
    for: '0s',
    severity: 'critical',
    action: 'rollback',
    about: 'sight',
    summary: 'Nobody sees how the candidate does while it is live or watched.',
    description: `A pointer is on the candidate and its flip is not confirmed yet, or a watch goes on, and there has been no fresh evidence for ${maxAge.watch} s. Loss of sight stops as a breach does: roll back.`,
  },
  {
    alert: 'FlipgateWatchBroken',
    expr: watchBrokenExpression,
    for: '1m',
    severity: 'critical',
    summary: 'The watch of {{ $labels.arm }} has no verdict that holds.',
    description: `The verdict of the watch gate on {{ $labels.arm }} is void, an error, blind, or rests on evidence older than ${maxAge.watch} s, while evidence is expected. Nothing is rolled back for it: look at the gate and bring the watch back.`,
  },
  {
    alert: 'FlipgateGateDisagrees',
    expr: `${block(violatedRules)}\nand on (arm)\n(${ofCandidate('flipgate_gate_verdict', { gate: 'acceptance' })} == 1)`,
    for: '0s',
    keepFiringFor: '5m',
    severity: 'critical',
    summary: 'The acceptance gate says pass, the raw series do not: {{ $labels.rule }}.',
    description:
      'The verdict on {{ $labels.arm }} is pass while {{ $value }} series of rule {{ $labels.rule }} are beyond its limit. The gate is held closed. Do not flip; find out which of the two is wrong.',
  },
  {
    alert: 'FlipgateAcceptanceFailed',
    expr: failedExpression,
    for: '0s',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'The acceptance gate fails {{ $labels.arm }}.',
    description:
      'The newest verdict of the acceptance gate on {{ $labels.arm }} is fail or error, on fresh evidence. It must not go live.',
  },
  {
    alert: 'FlipgateEvidenceStale',
    expr: staleExpression,
    for: '30s',
    severity: 'info',
    summary: 'The evidence of the acceptance verdict on {{ $labels.arm }} is not fresh.',
    description: `It is older than ${maxAge.acceptance} s, more than ${clockSkew} s ahead of this clock, or without a time. The gate is closed until {{ $labels.arm }} is asked and judged again.`,
  },
  {
    alert: 'FlipgateExporterDown',
    expr: down,
    for: '30s',
    keepFiringFor: '1m',
    severity: 'critical',
    about: 'exporter',
    summary: 'The flipgate exporter cannot be read.',
    description: `No target of job ${exporter.job} is known, one of them does not answer, or what answers is not flipgate. All gates are closed.`,
  },
  {
    alert: 'FlipgateArmChanged',
    expr: changedExpression,
    for: '30s',
    severity: 'warning',
    summary: '{{ $labels.arm }} is not what the gate {{ $labels.gate }} judged.',
    description:
      'The artifact that {{ $labels.arm }} reports now is not the one of the verdict of gate {{ $labels.gate }}. That verdict says nothing about it: ask and judge again.',
  },
  {
    alert: 'FlipgateDrillStale',
    expr: undrilled,
    for: '5m',
    severity: 'warning',
    about: 'pointer',
    summary: 'The way back of pointer {{ $labels.pointer }} is not proved.',
    description: `Pointer {{ $labels.pointer }} has no verified rollback drill of at most ${drill.limit ?? 0} s within the last ${(drill.maxAgeSeconds ?? 0) / 3600} hours.`,
  },
  {
    alert: 'FlipgateDeadMansSwitch',
    expr: 'vector(1)',
    for: '0s',
    severity: 'none',
    about: 'alerting',
    summary: 'Alerting works: this alert always fires.',
    description:
      'Whoever receives it has to raise the alarm when it stops: then the rules are not loaded, or Prometheus or Alertmanager is down.',
  },
];

export function labelsOf({ severity, action }: Alert): Readonly<Record<string, string>> {
  return { severity, ...(action !== undefined && { action }) };
}

/** The runbook as a link where the docs have an address, else the file and heading that ship with flipgate. */
export function annotationsOf({ alert, summary, description }: Alert): Readonly<Record<string, string>> {
  const page = `alerts.md#${alert.toLowerCase()}`;
  const runbook =
    docs === undefined
      ? { runbook: `docs/${page}` }
      : { runbook_url: `${docs.replace(/\/+$/u, '')}/${page}` };
  return { summary, description, ...runbook };
}
