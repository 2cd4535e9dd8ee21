import { badFrom, holdsMapping, lines, stat, table, whileEnded, whileFresh } from '../panels.ts';
import { series } from '../promql.ts';
import { exporter, maxAge } from '../settings.ts';
import type { Page } from './dashboard.ts';

const since = (name: string): string => `time() - ${series(name)}`;

export const harness: Page = {
  name: 'harness',
  title: 'the harness itself',
  description: 'Whether the evidence keeps coming.',
  panels: [
    stat(
      {
        title: 'Exporter',
        description: 'Whether the last scrape succeeded.',
        noValue: 'NO TARGET',
        mappings: [holdsMapping],
      },
      { '{{instance}}': series('up', { job: exporter.job }) },
    ),
    stat(
      {
        title: 'Age of the newest complete run',
        description: 'Per arm.',
        noValue: 'NO COMPLETE RUN',
        unit: 's',
        steps: badFrom(maxAge.acceptance),
      },
      { '{{arm}}': since('flipgate_run_last_success_timestamp_seconds') },
    ),
    stat(
      {
        title: 'Age of the newest ended run',
        description: 'However it ended; younger than the complete one: the newest run is not complete.',
        noValue: 'NO RUN',
        unit: 's',
        steps: badFrom(maxAge.acceptance),
      },
      { '{{arm}}': since('flipgate_run_last_completion_timestamp_seconds') },
    ),
    stat(
      {
        title: 'Age of the report',
        description: 'Since each arm last said what it is.',
        noValue: 'NOT REPORTED',
        unit: 's',
        steps: badFrom(60),
      },
      { '{{arm}}': since('flipgate_arm_seen_timestamp_seconds') },
    ),
    stat(
      {
        title: 'Configuration taken',
        description:
          '1 where the exporter took its configuration when it last read it; 0: it goes by an older one.',
        noValue: 'NOT READ AGAIN',
      },
      { taken: series('flipgate_config_reload_success') },
    ),
    stat(
      {
        title: 'Age of the configuration',
        description: 'Since the one in force was read.',
        noValue: 'NOT READ AGAIN',
        unit: 's',
      },
      { age: `time() - ${series('flipgate_config_last_reload_timestamp_seconds')}` },
    ),
    stat(
      {
        title: 'Lines of the log lost',
        description: 'Since the exporter was started: the disk was full, or nobody read them.',
        noValue: 'NO LOG',
        steps: badFrom(1),
      },
      { lost: series('flipgate_log_lines_dropped_total') },
    ),
    table(
      { title: 'Build', description: 'What exports.', noValue: 'NOT FLIPGATE', height: 5 },
      { build: series('flipgate_build_info') },
    ),
    table(
      {
        title: 'Alerts',
        description: 'Pending and firing. The dead man’s switch always is.',
        noValue: 'NOT EVEN THE DEAD MAN’S SWITCH: NO RULES',
        height: 5,
      },
      { alert: series('ALERTS') },
    ),
    lines(
      {
        title: 'Calls per second',
        description: 'By outcome, over five minutes.',
        noValue: 'NO CALLS',
        unit: 'cps',
      },
      { '{{arm}} {{outcome}}': `rate(${series('flipgate_calls_total')}[5m])` },
    ),
    lines(
      {
        title: 'Questions',
        description:
          'Of the newest complete run, while it is fresh: a shrinking denominator makes the rest look better.',
        noValue: 'NO FRESH RUN',
      },
      { '{{arm}} {{outcome}}': whileFresh(series('flipgate_questions')) },
    ),
    lines(
      {
        title: 'Duration of the run',
        description: 'Of the newest ended run, while it is fresh.',
        noValue: 'NO FRESH RUN',
        unit: 's',
      },
      { '{{arm}}': whileEnded(series('flipgate_run_duration_seconds')) },
    ),
  ],
};
