import { series } from '../promql.ts';
import type { Board, Panel } from './panel.ts';

const live = 'flipgate_stage_duration_seconds_bucket';

function ofStage(stage: string): Panel {
  return {
    title: `Stage ${stage}`,
    description: 'Exact percentiles over the calls of the newest complete run.',
    kind: 'series',
    queries: [{ expr: series('flipgate_stage_latency_seconds', { stage }), legend: '{{arm}} {{stat}}' }],
    unit: 's',
    noValue: 'the arm does not report this stage',
    width: 12,
  };
}

export const latencyBoard: Board = {
  uid: 'flipgate-latency',
  title: 'flipgate: latency per stage',
  description: 'Where the time goes, on both arms.',
  panels: [
    ...['total', 'retrieve', 'rerank', 'reason'].map(ofStage),
    {
      title: 'p95 while a run goes on',
      description: 'From the histogram of the calls that were answered while the exporter ran; within its buckets.',
      kind: 'series',
      queries: [{ expr: `histogram_quantile(0.95, sum by (le, arm, stage) (rate(${series(live)}[5m])))`, legend: '{{arm}} {{stage}}' }],
      unit: 's',
      emptyBecause: 'no run went on lately',
      width: 24,
    },
  ],
};
