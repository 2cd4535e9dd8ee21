import { series } from '../promql.ts';
import { arms } from '../settings.ts';
import type { Board, Panel } from './panel.ts';

const limitOf = (rule: string): { expr: string; legend: string } => ({
  expr: series('flipgate_gate_rule_limit', { gate: 'acceptance', arm: arms.candidate, rule }),
  legend: `limit of ${rule}`,
});

type Drawn = Pick<Panel, 'title' | 'description' | 'queries' | 'steps'>;

function panel(drawn: Drawn): Panel {
  return { kind: 'series', width: 12, ...drawn };
}

const distance = (stat: string): string => series('flipgate_semantic_distance_ratio', { between: 'question_retrieved', stat });
const bands: Panel['steps'] = [
  [0.4, 'yellow'],
  [0.6, 'red'],
];

export const armsBoard: Board = {
  uid: 'flipgate-arms',
  title: 'flipgate: Blue and Green',
  description: 'Both arms side by side, with the bands and limits.',
  panels: [
    {
      title: 'Artifact that each arm reports now',
      description: 'From versionsUrl. An arm without one is not here, and its gate does not open.',
      kind: 'stat',
      queries: [{ expr: series('flipgate_arm_info'), legend: '{{arm}}: {{artifact}}' }],
      noValue: 'no arm reports one',
      width: 12,
    },
    {
      title: 'Age of the last complete run',
      description: 'Everything below is of that run.',
      kind: 'stat',
      queries: [{ expr: `time() - ${series('flipgate_run_last_success_timestamp_seconds')}`, legend: '{{arm}}' }],
      unit: 's',
      steps: [[900, 'red']],
      noValue: 'no complete run',
      width: 12,
    },
    panel({ title: 'ΔS, worst phrasing', description: 'Semantic distance of question and retrieved text: below 0.40 stable, from 0.60 critical.', queries: [{ expr: distance('worst_phrasing'), legend: '{{arm}}' }, limitOf('semantic_distance')], steps: bands }),
    panel({ title: 'ΔS, mean and p95', description: 'Over all calls of the run.', queries: [{ expr: distance('mean'), legend: '{{arm}} mean' }, { expr: distance('p95'), legend: '{{arm}} p95' }], steps: bands }),
    panel({ title: 'Coverage', description: 'Share of the anchors that was retrieved.', queries: [{ expr: series('flipgate_coverage_ratio'), legend: '{{arm}} {{stat}}' }, limitOf('coverage')] }),
    panel({ title: 'λ convergence per seed', description: 'Share of questions whose calls all converge.', queries: [{ expr: series('flipgate_lambda_convergence_ratio'), legend: '{{arm}} seed {{seed}}' }, limitOf('lambda_convergence')] }),
    panel({ title: 'λ flip rate', description: 'Share of pairs of calls of one question in different states.', queries: [{ expr: series('flipgate_lambda_flip_ratio'), legend: '{{arm}} {{across}}' }] }),
    panel({ title: 'λ states', description: 'Share of the judged calls.', queries: [{ expr: series('flipgate_lambda_state_ratio'), legend: '{{arm}} {{state}}' }] }),
    panel({ title: 'Faults', description: 'Share of calls.', queries: [{ expr: series('flipgate_error_ratio'), legend: '{{arm}}' }, { expr: series('flipgate_server_error_ratio'), legend: '{{arm}} 5xx' }, limitOf('error_rate')] }),
    panel({ title: 'ΔS of what was retrieved and the anchor', description: 'Over all calls of the run.', queries: [{ expr: series('flipgate_semantic_distance_ratio', { between: 'retrieved_anchor' }), legend: '{{arm}} {{stat}}' }] }),
  ],
};
