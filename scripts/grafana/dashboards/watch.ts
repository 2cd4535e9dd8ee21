import { series } from '../promql.ts';
import { arms } from '../settings.ts';
import { gatePanels, onlyWatched } from './gates.ts';
import type { Board, Panel } from './panel.ts';

const arm = arms.candidate;
const notYet = 'a watch writes it, and this version has none';

const own: readonly Panel[] = [
  {
    title: 'Last evidence of the watch',
    description: 'Age of the newest evidence that a watch verdict rests on. From 120 s on the watch is blind.',
    kind: 'stat',
    queries: [{ expr: `time() - ${series('flipgate_watch_last_sample_timestamp_seconds', { arm })}` }],
    unit: 's',
    steps: [
      [90, 'orange'],
      [120, 'red'],
    ],
    noValue: 'no evidence',
    emptyBecause: 'nothing was judged by the watch gate yet',
    width: 8,
  },
  {
    title: 'A watch goes on',
    description: '1 while a watch of the candidate goes on.',
    kind: 'stat',
    queries: [{ expr: series('flipgate_watch_active', { arm }) }],
    noValue: 'none',
    emptyBecause: notYet,
    width: 8,
  },
  {
    title: 'Where the pointers point',
    description: 'Read back from the switch.',
    kind: 'stat',
    queries: [{ expr: series('flipgate_pointer_info'), legend: '{{pointer}} → {{target}}' }],
    noValue: 'no pointer is read',
    emptyBecause: notYet,
    width: 8,
  },
  {
    title: 'ΔS drift against the baseline',
    description: 'Difference of the p95s, and of the per-cell differences. The watch stops at 0.15.',
    kind: 'series',
    queries: [{ expr: series('flipgate_semantic_distance_drift_ratio', { arm }), legend: '{{stat}}' }],
    width: 24,
  },
];

export const watchBoard: Board = {
  uid: 'flipgate-watch',
  title: 'flipgate: watch',
  description: 'Is Green well after the flip, and does anybody see it?',
  panels: [...onlyWatched(gatePanels('watch')), ...own],
};
