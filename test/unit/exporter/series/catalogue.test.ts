import { expect, test } from 'vitest';
import { catalogue, stageDuration } from '../../../../src/exporter/series/catalogue.ts';

const versions = ['index_hash', 'embed_schema', 'rerank_conf', 'prompt_ver', 'model_ver'];

/** What scripts, rules and dashboards rely on: name, type, labels. */
const promised: readonly (readonly [name: string, type: string, labels: readonly string[]])[] = [
  ['flipgate_gate_verdict', 'gauge', ['gate', 'arm']],
  ['flipgate_gate_rule_verdict', 'gauge', ['gate', 'arm', 'rule']],
  ['flipgate_gate_rule_value', 'gauge', ['gate', 'arm', 'rule']],
  ['flipgate_gate_rule_limit', 'gauge', ['gate', 'arm', 'rule']],
  ['flipgate_gate_rule_info', 'gauge', ['gate', 'arm', 'rule', 'direction', 'severity']],
  ['flipgate_gate_evaluated_timestamp_seconds', 'gauge', ['gate', 'arm']],
  ['flipgate_gate_info', 'gauge', ['gate', 'arm', 'artifact', 'gold', 'embedder', 'policy']],
  ['flipgate_arm_info', 'gauge', ['arm', 'artifact', ...versions]],
  ['flipgate_arm_role_info', 'gauge', ['arm', 'role']],
  ['flipgate_arm_seen_timestamp_seconds', 'gauge', ['arm']],
  ['flipgate_semantic_distance_ratio', 'gauge', ['arm', 'between', 'stat']],
  ['flipgate_semantic_distance_drift_ratio', 'gauge', ['arm', 'stat']],
  ['flipgate_coverage_ratio', 'gauge', ['arm', 'stat']],
  ['flipgate_lambda_state_ratio', 'gauge', ['arm', 'state']],
  ['flipgate_lambda_flip_ratio', 'gauge', ['arm', 'across']],
  ['flipgate_lambda_convergence_ratio', 'gauge', ['arm', 'seed']],
  ['flipgate_stage_latency_seconds', 'gauge', ['arm', 'stage', 'stat']],
  ['flipgate_stage_duration_seconds', 'histogram', ['arm', 'stage']],
  ['flipgate_error_ratio', 'gauge', ['arm']],
  ['flipgate_server_error_ratio', 'gauge', ['arm']],
  ['flipgate_calls_total', 'counter', ['arm', 'outcome']],
  ['flipgate_tool_loops_total', 'counter', ['arm']],
  ['flipgate_side_effects_total', 'counter', ['arm']],
  ['flipgate_dedupe_hits_total', 'counter', ['arm']],
  ['flipgate_questions', 'gauge', ['arm', 'outcome']],
  ['flipgate_run_last_completion_timestamp_seconds', 'gauge', ['arm']],
  ['flipgate_run_last_success_timestamp_seconds', 'gauge', ['arm']],
  ['flipgate_run_duration_seconds', 'gauge', ['arm']],
  ['flipgate_watch_active', 'gauge', ['arm']],
  ['flipgate_watch_last_sample_timestamp_seconds', 'gauge', ['arm']],
  ['flipgate_pointer_info', 'gauge', ['pointer', 'target', 'role', 'generation', 'confirmed']],
  ['flipgate_rollback_drill_duration_seconds', 'gauge', ['pointer']],
  ['flipgate_rollback_drill_last_success_timestamp_seconds', 'gauge', ['pointer']],
  ['flipgate_rollbacks_total', 'counter', ['pointer', 'trigger', 'outcome']],
  ['flipgate_gate_barred', 'gauge', ['artifact']],
  ['flipgate_alert_actions_total', 'counter', ['outcome']],
  ['flipgate_log_lines_dropped_total', 'counter', []],
  ['flipgate_config_reload_success', 'gauge', []],
  ['flipgate_config_last_reload_timestamp_seconds', 'gauge', []],
  ['flipgate_build_info', 'gauge', ['version', 'revision', 'node']],
];

const declared = [...catalogue, stageDuration];

test('the catalogue has every promised series, with its type and labels, and no other', () => {
  const byName = (rows: typeof promised): typeof promised => rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(byName(declared.map(({ name, type, labels }) => [name, type, labels]))).toEqual(byName(promised));
});

test('every name says its unit, and only counters end in _total', () => {
  for (const { name, type, unit } of declared) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(/_(seconds|ratio)$/u.exec(name)?.[1] ?? '', name).toBe(unit);
  }
});

test('every series says what it is in one sentence, and where it comes from', () => {
  for (const { name, help, source } of declared) {
    expect(help, name).toMatch(/^\S.*[.]$/u);
    expect(help.includes('\n'), name).toBe(false);
    expect(source, name).not.toBe('');
  }
});
