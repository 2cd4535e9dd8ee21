import {
  badFrom,
  colours,
  lines,
  mapped,
  stat,
  table,
  timeline,
  verdictMapping,
  whileJudged,
} from '../panels.ts';
import { ofCandidate, series } from '../promql.ts';
import { maxAge } from '../settings.ts';
import type { Page } from './dashboard.ts';

const gate = 'watch';
const ofGate = { gate };
const noValue = 'NO FRESH EVIDENCE';
const rule = (what: string): string => whileJudged(ofCandidate(`flipgate_gate_rule_${what}`, ofGate), gate);

export const watch: Page = {
  name: 'watch',
  title: 'hold and watch',
  description: 'After the flip: may the candidate stay live.',
  panels: [
    stat(
      {
        title: 'Watch',
        description: 'What a consumer reads.',
        noValue: 'NO RULES LOADED: STOP',
        mappings: [
          mapped({
            '1': ['STAY', colours.good],
            '0': ['UNDECIDED', colours.hold],
            '-1': ['NOT PROVED', colours.bad],
          }),
        ],
      },
      { decision: 'flipgate:gate_decision:watch' },
    ),
    stat(
      {
        title: 'Age of the evidence',
        description: 'Since the newest window that the verdict rests on.',
        noValue: 'NO EVIDENCE',
        unit: 's',
        steps: badFrom(maxAge.watch),
      },
      { age: `time() - ${ofCandidate('flipgate_watch_last_sample_timestamp_seconds')}` },
    ),
    stat(
      {
        title: 'Under watch',
        description: 'Whether a watch says that it goes on.',
        noValue: 'NO WATCH',
        mappings: [mapped({ '1': ['yes', colours.good], '0': ['ended', colours.plain] })],
      },
      { '{{arm}}': series('flipgate_watch_active') },
    ),
    table(
      {
        title: 'Pointer',
        description: 'Where it points, read back from the switch.',
        noValue: 'NO POINTER IS READ',
        width: 6,
        height: 5,
      },
      { pointer: series('flipgate_pointer_info') },
    ),
    timeline(
      {
        title: 'Stop rules',
        description: 'Verdicts over time; a gap is no fresh evidence.',
        noValue,
        mappings: [verdictMapping],
        width: 24,
      },
      { '{{rule}}': rule('verdict') },
    ),
    table(
      { title: 'Rules', description: 'Verdicts, values and limits, while their evidence is fresh.', noValue },
      { verdict: rule('verdict'), value: rule('value'), limit: rule('limit') },
    ),
    lines(
      {
        title: 'ΔS drift',
        description:
          'Semantic distance of the candidate minus that of the baseline, while the watch has fresh evidence.',
        noValue,
        unit: 'percentunit',
      },
      {
        '{{stat}}': `${ofCandidate('flipgate_semantic_distance_drift_ratio')}\nand on (arm) (${whileJudged(series('flipgate_gate_verdict', ofGate), gate)})`,
      },
    ),
    lines(
      {
        title: 'Tool loops, side effects, dedupe hits',
        description: 'Per second, over five minutes.',
        noValue: 'NO CALLS',
        unit: 'cps',
      },
      {
        'tool loops, {{arm}}': `rate(${series('flipgate_tool_loops_total')}[5m])`,
        'side effects, {{arm}}': `rate(${series('flipgate_side_effects_total')}[5m])`,
        'dedupe hits, {{arm}}': `rate(${series('flipgate_dedupe_hits_total')}[5m])`,
      },
    ),
    stat(
      {
        title: 'Rollbacks',
        description: 'Since the store was begun, by pointer, trigger and outcome.',
        noValue: 'NONE',
      },
      { '{{pointer}} {{trigger}} {{outcome}}': series('flipgate_rollbacks_total') },
    ),
    stat(
      {
        title: 'Posts of alerts',
        description: 'Since the exporter was started, by what came of them.',
        noValue: 'NONE TAKEN',
      },
      { '{{outcome}}': series('flipgate_alert_actions_total') },
    ),
    table(
      {
        title: 'Barred',
        description: 'Rolled back, and not judged on a run that was started after that.',
        noValue: 'NOTHING IS BARRED',
        height: 5,
      },
      { barred: series('flipgate_gate_barred') },
    ),
    stat(
      {
        title: 'Age of the drill',
        description: 'Since the way back was last proved.',
        noValue: 'NO DRILL',
        unit: 's',
        steps: badFrom(86_400),
      },
      { '{{pointer}}': `time() - ${series('flipgate_rollback_drill_last_success_timestamp_seconds')}` },
    ),
    stat(
      {
        title: 'Time to restore',
        description: 'Of the last drill; its age is beside it.',
        noValue: 'NO DRILL',
        unit: 's',
        steps: badFrom(120),
      },
      { '{{pointer}}': series('flipgate_rollback_drill_duration_seconds') },
    ),
    stat(
      { title: 'Alerts that act', description: 'Firing alerts with action=rollback.', noValue: 'none' },
      { '{{alertname}}': series('ALERTS', { alertstate: 'firing', action: 'rollback' }) },
    ),
  ],
};
