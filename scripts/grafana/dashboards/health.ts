import { series } from '../promql.ts';
import { exporter } from '../settings.ts';
import type { Board } from './panel.ts';

export const healthBoard: Board = {
  uid: 'flipgate-health',
  title: "flipgate: the harness's own health",
  description: 'Whether what the other dashboards show can be believed.',
  panels: [
    {
      title: 'Exporter',
      description: 'Whether Prometheus can read it.',
      kind: 'stat',
      queries: [{ expr: series('up', { job: exporter.job }), legend: '{{instance}}' }],
      values: { '1': ['up', 'green'], '0': ['down', 'red'] },
      noValue: 'no target is configured',
      width: 6,
    },
    {
      title: 'Version',
      description: 'Of the exporter.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_build_info'), legend: '{{version}}, Node {{node}}' }],
      width: 6,
    },
    {
      title: 'Age of the last run, however it ended',
      description: 'Where it is younger than the last complete run, that one did not end well.',
      kind: 'stat',
      queries: [
        { expr: `time() - ${series('flipgate_run_last_completion_timestamp_seconds')}`, legend: '{{arm}} any' },
        { expr: `time() - ${series('flipgate_run_last_success_timestamp_seconds')}`, legend: '{{arm}} complete' },
      ],
      unit: 's',
      width: 12,
    },
    {
      title: 'Calls per second',
      description: 'Of the runs that went on while the exporter looked, by outcome.',
      kind: 'series',
      queries: [{ expr: `sum by (arm, outcome) (rate(${series('flipgate_calls_total')}[5m]))`, legend: '{{arm}} {{outcome}}' }],
      width: 12,
    },
    {
      title: 'Duration of a run',
      description: 'From its start to its last answer.',
      kind: 'series',
      queries: [{ expr: series('flipgate_run_duration_seconds'), legend: '{{arm}}' }],
      unit: 's',
      width: 12,
    },
    {
      title: 'Questions',
      description: 'Judged, skipped, errored: a denominator that shrinks makes the rest look better.',
      kind: 'series',
      queries: [{ expr: series('flipgate_questions'), legend: '{{arm}} {{outcome}}' }],
      width: 12,
    },
    {
      title: 'Tool loops, side effects, deduplicated',
      description: 'Since the store began.',
      kind: 'series',
      queries: ['flipgate_tool_loops_total', 'flipgate_side_effects_total', 'flipgate_dedupe_hits_total'].map((name) => ({ expr: series(name), legend: `{{arm}} ${name}` })),
      width: 12,
    },
    {
      title: 'Rollback drills',
      description: 'Time to recovery of the last drill, and how long ago it was verified.',
      kind: 'stat',
      queries: [
        { expr: series('flipgate_rollback_drill_duration_seconds'), legend: '{{pointer}} took' },
        { expr: `time() - ${series('flipgate_rollback_drill_last_success_timestamp_seconds')}`, legend: '{{pointer}} ago' },
      ],
      unit: 's',
      noValue: 'no drill',
      width: 12,
    },
    {
      title: 'Rollbacks',
      description: 'Triggered by alerts, by outcome.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_rollbacks_total'), legend: '{{pointer}} {{outcome}}' }],
      noValue: 'none',
      emptyBecause: 'nothing was rolled back',
      width: 12,
    },
    {
      title: 'Alerts',
      description: 'Pending and firing. The dead man’s switch always fires.',
      kind: 'stat',
      queries: [{ expr: `sum by (alertname, alertstate) (${series('ALERTS', { alertname: '=~Flipgate.+' })})`, legend: '{{alertname}} {{alertstate}}' }],
      noValue: 'none: the rules are not loaded',
      width: 24,
    },
  ],
};
