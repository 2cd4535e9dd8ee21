import { clocks } from '../../scoring/answer.ts';
import { gateSeries } from './gate-series.ts';
import { runSeries } from './run-series.ts';
import type { Series } from './series.ts';
import { switchSeries } from './switch-series.ts';

/** Every series with a value at a moment; a new one is one entry in its list. */
export const catalogue: readonly Series[] = [...gateSeries, ...runSeries, ...switchSeries];

/** The one histogram: calls as they are answered. */
export const stageDuration = {
  name: 'flipgate_stage_duration_seconds',
  type: 'histogram',
  labels: ['arm', 'stage'],
  unit: 'seconds',
  help: 'Latency of the calls that were answered while this exporter ran, per stage.',
  source: 'calls.jsonl: latency, of calls without retry',
  stages: clocks,
  /** Upper bounds in seconds. */
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
} as const;
