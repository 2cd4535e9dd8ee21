import { stageDuration } from '../../../src/exporter/series/catalogue.ts';
import { badFrom, band, lines, stat, whileFresh, type Panel } from '../panels.ts';
import { indent, ofRole, series, type Role } from '../promql.ts';
import { maxAge } from '../settings.ts';
import type { Page } from './dashboard.ts';

const sides: readonly Role[] = ['baseline', 'candidate'];
const latency = (role: Role, labels: Readonly<Record<string, string>>): string =>
  whileFresh(ofRole(role, series('flipgate_stage_latency_seconds', labels)));

const ofRun = (stage: string, role: Role): Panel =>
  band(
    lines(
      {
        title: `${stage}, ${role}`,
        description: 'Exact percentiles over the newest complete run, while it is fresh.',
        noValue: 'NO FRESH RUN',
        unit: 's',
      },
      Object.fromEntries(
        ['p99', 'p95', 'p50'].map((percentile) => [percentile, latency(role, { stage, stat: percentile })]),
      ),
    ),
    'p95',
    'p50',
  );

const freshP95 = (role: Role): string =>
  `max by (stage, stat) (\n${indent(latency(role, { stat: 'p95' }))}\n)`;
const ratio = `${freshP95('candidate')}\n/\n${freshP95('baseline')}`;

export const latencyPage: Page = {
  name: 'latency',
  title: 'latency per stage',
  description: 'Percentiles of the runs, and of the calls as they are answered.',
  panels: [
    ...sides.map((role) =>
      stat(
        {
          title: `Age of the run, ${role}`,
          description: 'Since the newest complete run finished.',
          noValue: 'NO COMPLETE RUN',
          unit: 's',
          steps: badFrom(maxAge.acceptance),
        },
        { age: `time() - ${ofRole(role, series('flipgate_run_last_success_timestamp_seconds'))}` },
      ),
    ),
    stat(
      {
        title: 'p95, candidate to baseline',
        description: 'Per stage, while both runs are fresh; above 1.15 in total the gate does not pass.',
        noValue: 'NO TWO FRESH RUNS',
        steps: badFrom(1.15),
        width: 12,
      },
      { '{{stage}}': ratio },
    ),
    ...stageDuration.stages.flatMap((stage) => sides.map((role) => ofRun(stage, role))),
    lines(
      {
        title: 'Live calls, p95',
        description:
          'Of the calls answered in the last five minutes, from the histogram: as exact as its buckets.',
        noValue: 'NO CALLS',
        unit: 's',
        width: 24,
      },
      {
        '{{arm}} {{stage}}': `histogram_quantile(0.95, sum by (arm, stage, le) (rate(${series(`${stageDuration.name}_bucket`)}[5m])))`,
      },
    ),
    lines(
      {
        title: 'Live calls per second',
        description: 'Calls whose stage was timed.',
        noValue: 'NO CALLS',
        unit: 'cps',
        width: 24,
      },
      { '{{arm}} {{stage}}': `sum by (arm, stage) (rate(${series(`${stageDuration.name}_count`)}[5m]))` },
    ),
  ],
};
