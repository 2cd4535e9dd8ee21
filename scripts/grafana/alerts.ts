import { defaultGates } from '../../src/gates/rules.ts';
import { blindExpression } from './blind.ts';
import { block, oneFresh, proved, series, within } from './promql.ts';
import { violatedRules } from './raw.ts';
import { arms, clockSkew, docsBase, exporter, history, maxAge, maxReportAge } from './settings.ts';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  /** Outlives a gap in the data: an alert that ends because its series vanished says nothing good. */
  readonly keepFiringFor?: string;
  readonly severity: 'critical' | 'warning' | 'info' | 'none';
  readonly action?: 'rollback';
  /** What it is about: the candidate, where it does not say. */
  readonly about?: 'exporter' | 'pointer' | 'alerting';
  readonly summary: string;
  readonly description: string;
}

const arm = arms.candidate;
const quiet = (defaultGates['watch'] ?? []).flatMap((rule) =>
  rule.kind === 'blind' || ('severity' in rule && rule.severity === 'warn') ? [rule.name] : [],
);
const stopRules = { gate: 'watch', arm, rule: `!~${quiet.join('|')}` };
const drill = (defaultGates['acceptance'] ?? []).flatMap((rule) =>
  rule.kind === 'rollback_drill' ? [rule] : [],
)[0] ?? {
  limit: 0,
  maxAgeSeconds: 0,
};
const evaluated = (gate: string): string =>
  series('flipgate_gate_evaluated_timestamp_seconds', { gate, arm });

/** A rule of the watch that failed on a number, on fresh evidence; what could not be judged is for `FlipgateBlind`. */
const breach = block(
  proved(
    `max by (rule) (\n  ${series('flipgate_gate_rule_value', stopRules)}\n  and (${series('flipgate_gate_rule_verdict', stopRules)} == -1)\n)`,
    oneFresh(evaluated('watch'), maxAge.watch),
  ),
);

const acceptance = { gate: 'acceptance', arm };
const failed = `max by (arm) (${series('flipgate_gate_verdict', acceptance)} == -1)\n${oneFresh(
  evaluated('acceptance'),
  maxAge.acceptance,
)
  .map((condition) => `and on () ${condition}`)
  .join('\n')}`;

/** A verdict whose time is missing, no number, ahead, or old; one older than a day is history. */
const stale = `count(${series('flipgate_gate_verdict', acceptance)}) > 0
unless on ()
  ${block(`(count(${evaluated('acceptance')}) == 1)\nand on () ${within(evaluated('acceptance'), maxAge.acceptance).join('\nand on () ')}`).replaceAll('\n', '\n  ')}
unless on ()
  (time() - ${evaluated('acceptance')} > ${history})`;

const scraped = series('up', { job: exporter.job });
const down = `vector(1)
unless on ()
  ((count(${scraped} == 1) == count(${scraped})) and on () (count(${series('flipgate_build_info')}) > 0))`;

const reported = `(${series('flipgate_arm_info', { arm })}\n  and on (arm) ${within(series('flipgate_arm_seen_timestamp_seconds', { arm }), maxReportAge).join('\n  and on (arm) ')})`;
const judged = series('flipgate_gate_info', { arm });
const changed = `max by (gate) (
  (${judged}
    unless on (gate) (time() - ${series('flipgate_gate_evaluated_timestamp_seconds', { arm })} > ${history}))
  and on (arm) ${reported}
  unless on (arm, artifact) ${reported}
)`;

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
    expr: breach,
    for: '0s',
    keepFiringFor: '3m',
    severity: 'critical',
    action: 'rollback',
    summary: `The watch of ${arm} says stop: {{ $labels.rule }} failed.`,
    description: `Stop rule {{ $labels.rule }} of the watch gate failed on ${arm} with the value {{ $value }}. Roll back to ${arms.baseline}.`,
  },
  {
    alert: 'FlipgateBlind',
    expr: blindExpression,
    for: '0s',
    keepFiringFor: '1m',
    severity: 'critical',
    action: 'rollback',
    summary: `Nobody sees how ${arm} does while it is live or watched.`,
    description: `The pointer is on ${arm}, or a watch of it goes on, and there has been no fresh evidence for ${maxAge.watch} s. Loss of sight stops as a breach does: roll back to ${arms.baseline}.`,
  },
  {
    alert: 'FlipgateGateDisagrees',
    expr: `${block(violatedRules)}\nand on ()\n(${series('flipgate_gate_verdict', acceptance)} == 1)`,
    for: '0s',
    keepFiringFor: '5m',
    severity: 'critical',
    summary: `The acceptance gate says pass, the raw series do not: {{ $labels.rule }}.`,
    description: `The verdict on ${arm} is pass while {{ $value }} series of rule {{ $labels.rule }} are beyond its limit. The gate is held closed. Do not flip; find out which of the two is wrong.`,
  },
  {
    alert: 'FlipgateAcceptanceFailed',
    expr: failed,
    for: '0s',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: `The acceptance gate fails ${arm}.`,
    description: `The newest verdict of the acceptance gate on ${arm} is fail or error, on fresh evidence. ${arm} must not go live.`,
  },
  {
    alert: 'FlipgateEvidenceStale',
    expr: stale,
    for: '30s',
    severity: 'info',
    summary: `The evidence of the acceptance verdict on ${arm} is not fresh.`,
    description: `It is older than ${maxAge.acceptance} s, more than ${clockSkew} s ahead of this clock, or without a time. The gate is closed until ${arm} is asked and judged again.`,
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
    expr: changed,
    for: '30s',
    severity: 'warning',
    summary: `${arm} is not what the gate {{ $labels.gate }} judged.`,
    description: `The artifact that ${arm} reports now is not the one of the verdict of gate {{ $labels.gate }}. That verdict says nothing about it: ask and judge again.`,
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

export function labelsOf({ severity, action, about }: Alert): Readonly<Record<string, string>> {
  return { severity, ...(about === undefined && { arm }), ...(action !== undefined && { action }) };
}

export function annotationsOf({ alert, summary, description }: Alert): Readonly<Record<string, string>> {
  return { summary, description, runbook_url: `${docsBase}/alerts.md#${alert.toLowerCase()}` };
}
