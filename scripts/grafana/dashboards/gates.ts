import { conditions } from '../decision.ts';
import { series } from '../promql.ts';
import { arms, type GateName } from '../settings.ts';
import type { Panel } from './panel.ts';

const arm = arms.candidate;

export const verdictValues = {
  '1': ['pass', 'green'],
  '0': ['inconclusive', 'orange'],
  '-1': ['fail or error', 'red'],
} as const;

/** Whether a gate is open, and if not why: the same for both gates. */
export function gatePanels(gate: GateName): readonly Panel[] {
  return [...statePanels(gate), ...rulePanels(gate)];
}

function statePanels(gate: GateName): readonly Panel[] {
  const evaluated = series('flipgate_gate_evaluated_timestamp_seconds', { gate, arm });
  return [
    {
      title: 'Is the gate open?',
      description: 'flipgate:gate_decision, the one number that consumers read. It is never absent while the rules are loaded.',
      kind: 'stat',
      queries: [{ expr: `flipgate:gate_decision:${gate}` }],
      values: { '1': ['open', 'green'], '0': ['hold', 'orange'], '-1': ['closed', 'red'] },
      noValue: 'closed: the rules are not loaded',
      width: 5,
    },
    {
      title: 'Verdict',
      description: 'What flipgate says, as it may be read now: an expired verdict is an error.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_gate_verdict', { gate, arm }) }],
      values: verdictValues,
      noValue: 'no verdict',
      width: 4,
    },
    {
      title: 'Age of the evidence',
      description: 'Counted from the end of the oldest run that the verdict rests on.',
      kind: 'stat',
      queries: [{ expr: `time() - ${evaluated}` }],
      unit: 's',
      steps: [
        [gate === 'acceptance' ? 600 : 90, 'orange'],
        [gate === 'acceptance' ? 900 : 120, 'red'],
      ],
      noValue: 'no evidence',
      width: 4,
    },
    {
      title: 'What has to hold',
      description: 'The parts of the decision: the gate opens when all of them hold.',
      kind: 'stat',
      queries: Object.entries(conditions(gate)).map(([legend, expr]) => ({ expr, legend })),
      values: { '1': ['holds', 'green'], '0': ['does not hold', 'red'] },
      width: 11,
    },
  ];
}

function rulePanels(gate: GateName): readonly Panel[] {
  return [
    {
      title: 'Rules',
      description: 'The verdict of each rule. A waived rule has none.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_gate_rule_verdict', { gate, arm }), legend: '{{rule}}' }],
      values: verdictValues,
      noValue: 'no rule was judged',
      width: 24,
    },
    {
      title: 'Values of the rules',
      description: 'In the unit of each statistic.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_gate_rule_value', { gate, arm }), legend: '{{rule}}' }],
      noValue: 'no rule has a value',
      width: 12,
    },
    {
      title: 'Limits of the rules',
      description: 'In the unit of each statistic.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_gate_rule_limit', { gate, arm }), legend: '{{rule}}' }],
      noValue: 'no rule has a limit',
      width: 12,
    },
    {
      title: 'Decision and verdict over time',
      description: '1 pass, 0 inconclusive, -1 fail, error, expired or not proved.',
      kind: 'series',
      queries: [
        { expr: `flipgate:gate_decision:${gate}`, legend: 'decision' },
        { expr: series('flipgate_gate_verdict', { gate, arm }), legend: 'verdict' },
      ],
      width: 24,
    },
  ];
}

/** Says why the panels of the watch are empty where nobody watches. */
export function onlyWatched(panels: readonly Panel[]): readonly Panel[] {
  const because = 'nothing was judged by the watch gate yet';
  return panels.map((panel) => (panel.queries.every(({ expr }) => !/flipgate:gate_decision|vector\(/u.test(expr)) ? { ...panel, emptyBecause: because } : panel));
}
