import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RollbackEvent } from '../../../src/store/documents/rollback.ts';
import {
  addCalls,
  emptyStore,
  iso,
  noon,
  opened,
  rollbackLines,
  runId,
  summary,
  writeRun,
} from '../../support/store-files.ts';
import { samplesOf } from './samples.ts';

const build = 'flipgate_build_info{version="0.0.0",revision="r",node="v20"}';

test('an empty store exports nothing but the program itself', async () => {
  expect(await samplesOf(opened(await emptyStore()).snapshot())).toEqual({ [build]: '1' });
});

test('a complete run exports what it measured', async () => {
  const store = await emptyStore();
  await writeRun(store);
  const distances = (between: string, more: object = {}): object =>
    Object.fromEntries(
      Object.entries({ mean: '0.31', median: '0.3', p95: '0.44', ...more }).map(([stat, value]) => [
        `flipgate_semantic_distance_ratio{arm="green",between="${between}",stat="${stat}"}`,
        value,
      ]),
    );
  const latencies = (stage: string): object => ({
    [`flipgate_stage_latency_seconds{arm="green",stage="${stage}",stat="p50"}`]: '0.2',
    [`flipgate_stage_latency_seconds{arm="green",stage="${stage}",stat="p95"}`]: '0.31',
    [`flipgate_stage_latency_seconds{arm="green",stage="${stage}",stat="p99"}`]: '0.4',
  });
  expect(await samplesOf(opened(store).snapshot())).toEqual({
    [build]: '1',
    ...distances('question_retrieved', { worst_phrasing: '0.33' }),
    ...distances('retrieved_anchor'),
    'flipgate_coverage_ratio{arm="green",stat="mean"}': '0.83',
    'flipgate_coverage_ratio{arm="green",stat="p05"}': '0.4',
    'flipgate_coverage_ratio{arm="green",stat="pass_share"}': '0.81',
    'flipgate_lambda_state_ratio{arm="green",state="convergent"}': '0.75',
    'flipgate_lambda_state_ratio{arm="green",state="split"}': '0.125',
    'flipgate_lambda_state_ratio{arm="green",state="collapsed"}': '0.125',
    'flipgate_lambda_state_ratio{arm="green",state="backward"}': '0',
    'flipgate_lambda_flip_ratio{arm="green",across="all"}': '0.04',
    'flipgate_lambda_flip_ratio{arm="green",across="phrasing"}': '0.06',
    'flipgate_lambda_flip_ratio{arm="green",across="seed"}': '0.01',
    'flipgate_lambda_convergence_ratio{arm="green",seed="1"}': '0.86',
    'flipgate_lambda_convergence_ratio{arm="green",seed="2"}': '0.87',
    'flipgate_lambda_convergence_ratio{arm="green",seed="all"}': '0.85',
    ...latencies('total'),
    ...latencies('retrieve'),
    'flipgate_error_ratio{arm="green"}': '0.2',
    'flipgate_server_error_ratio{arm="green"}': '0.1',
    'flipgate_questions{arm="green",outcome="judged"}': '4',
    'flipgate_questions{arm="green",outcome="skipped"}': '1',
    'flipgate_questions{arm="green",outcome="errored"}': '0',
    'flipgate_calls_total{arm="green",outcome="ok"}': '8',
    'flipgate_calls_total{arm="green",outcome="network"}': '0',
    'flipgate_calls_total{arm="green",outcome="timeout"}': '1',
    'flipgate_calls_total{arm="green",outcome="status"}': '1',
    'flipgate_calls_total{arm="green",outcome="shape"}': '0',
    'flipgate_tool_loops_total{arm="green"}': '1',
    'flipgate_side_effects_total{arm="green"}': '3',
    'flipgate_dedupe_hits_total{arm="green"}': '2',
    'flipgate_run_last_completion_timestamp_seconds{arm="green"}': String(noon / 1000 + 10),
    'flipgate_run_last_success_timestamp_seconds{arm="green"}': String(noon / 1000 + 10),
    'flipgate_run_duration_seconds{arm="green"}': '10',
  });
});

test('what was not measured is not there: no zero, no NaN', async () => {
  const store = await emptyStore();
  const { calls } = summary;
  const bare = { calls, latency: {}, tool_loops: 0, side_effects: 0, dedupe_hits: 0 };
  await writeRun(store, { record: { summary: bare } });
  const names = new Set(
    Object.keys(await samplesOf(opened(store).snapshot())).map((key) => key.replace(/\{.*/u, '')),
  );
  expect([...names].sort()).toEqual([
    'flipgate_build_info',
    'flipgate_calls_total',
    'flipgate_dedupe_hits_total',
    'flipgate_run_duration_seconds',
    'flipgate_run_last_completion_timestamp_seconds',
    'flipgate_run_last_success_timestamp_seconds',
    'flipgate_side_effects_total',
    'flipgate_tool_loops_total',
  ]);
});

test.each<[what: string, change: object]>([
  ['a number as text', { error_rate: '0.001' }],
  ['a number beyond all numbers', { coverage: { ...summary.coverage, mean: 'BEYOND' } }],
  [
    'states as text',
    { lambda: { ...summary.lambda, states: { convergent: '6', split: 0, collapsed: 0, backward: 0 } } },
  ],
  ['no states', { lambda: { flip: {}, convergence: { by_seed: {} } } }],
  ['no convergence', { lambda: { states: summary.lambda?.states, flip: {} } }],
  ['a seed of null', { lambda: { ...summary.lambda, convergence: { all: 1, by_seed: { '1': null } } } }],
  ['no latency at all', { latency: undefined }],
  ['a latency of null', { latency: { total: null } }],
  ['a distance that is a list', { semantic_distance: { question_retrieved: [1] } }],
  ['calls as text', { calls: { ...summary.calls, ok: '8' } }],
  ['fewer than no calls', { calls: { ...summary.calls, ok: -8 } }],
])(
  'a record edited to have %s is damaged: nothing of it is exported, and the page still comes',
  async (_what, change) => {
    const store = await emptyStore();
    const id = await writeRun(store, { summary: change });
    const text = JSON.stringify({
      schema: 'flipgate.run/1',
      id,
      arm: 'green',
      status: 'complete',
      started_at: iso(noon),
      finished_at: iso(noon),
    });
    const edited = `${text.slice(0, -1)},"summary":${JSON.stringify({ ...summary, ...change }).replace('"BEYOND"', '1e999')}}`;
    await writeFile(path.join(store, id, 'run.json'), edited);
    await writeRun(store, { arm: 'blue' });
    const snapshot = opened(store).snapshot();
    expect(snapshot.arms.find(({ arm }) => arm === 'green')).toMatchObject({
      newest: { id, status: 'damaged' },
      ended: undefined,
    });
    const samples = await samplesOf(snapshot);
    const ofGreen = Object.keys(samples).filter(
      (key) => key.includes('arm="green"') && !/_total\{|last_success/u.test(key),
    );
    expect(ofGreen).toEqual([]);
    expect(samples['flipgate_error_ratio{arm="blue"}']).toBe('0.2');
    for (const value of Object.values(samples)) expect(Number.isFinite(Number(value))).toBe(true);
  },
);

test('counters exist from 0 once an arm has had a call, and not before', async () => {
  const store = await emptyStore();
  await mkdir(path.join(store, runId()));
  const totals = async (): Promise<readonly string[]> =>
    Object.entries(await samplesOf(opened(store).snapshot())).flatMap(([key, value]) =>
      key.includes('_total') ? `${key} ${value}` : [],
    );
  expect(await totals()).toEqual([]);
  await addCalls(store, runId(), [{ outcome: 'timeout', latency: undefined, side_effects: undefined }]);
  expect(await totals()).toEqual([
    'flipgate_calls_total{arm="green",outcome="ok"} 0',
    'flipgate_calls_total{arm="green",outcome="network"} 0',
    'flipgate_calls_total{arm="green",outcome="timeout"} 1',
    'flipgate_calls_total{arm="green",outcome="status"} 0',
    'flipgate_calls_total{arm="green",outcome="shape"} 0',
    'flipgate_tool_loops_total{arm="green"} 0',
    'flipgate_side_effects_total{arm="green"} 0',
    'flipgate_dedupe_hits_total{arm="green"} 0',
  ]);
});

test.each(['aborted', 'interrupted'] as const)(
  'a newest run that was %s exports when it ended, and no quality',
  async (status) => {
    const store = await emptyStore();
    await writeRun(store);
    await writeRun(store, { at: 60, status });
    const samples = await samplesOf(opened(store).snapshot());
    expect(Object.keys(samples).filter((key) => /_ratio|_questions|_latency/u.test(key))).toEqual([]);
    expect(samples['flipgate_run_last_completion_timestamp_seconds{arm="green"}']).toBe(
      String(noon / 1000 + 70),
    );
    expect(samples['flipgate_run_last_success_timestamp_seconds{arm="green"}']).toBe(
      String(noon / 1000 + 10),
    );
  },
);

test('drift is what the comparison with the newest run of the baseline says', async () => {
  const store = await emptyStore();
  const [blue, green] = [await writeRun(store, { arm: 'blue' }), await writeRun(store)];
  const folder = path.join(store, 'comparisons', `${blue}..${green}`);
  const p95 = { unit: 'distance', better: 'lower', difference: 0.04, n: 8 };
  const statistics = { 'semantic_distance.question_retrieved.p95': p95 };
  const compare = async (comparison: object): Promise<object> => {
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'comparison.json'),
      JSON.stringify({ schema: 'flipgate.comparison/1', ...comparison }),
    );
    const samples = Object.entries(await samplesOf(opened(store).snapshot()));
    return Object.fromEntries(
      samples
        .filter(([key]) => key.includes('drift'))
        .map(([key, value]) => [/stat="(\w+)"/u.exec(key)?.[1], value]),
    );
  };
  expect(await compare({ statistics, drift: { median: 0.01, p95: 0.09, n_calls: 8 } })).toEqual({
    p95: '0.04',
    cell_median: '0.01',
    cell_p95: '0.09',
  });
  expect(await compare({ statistics })).toEqual({ p95: '0.04' });
  expect(await compare({ statistics: {} })).toEqual({});
  expect(await compare({})).toEqual({});
  expect(await compare({ statistics, drift: { median: '0.01', p95: 0.09, n_calls: 8 } })).toEqual({});
});

test('drills and rollbacks are told by pointer', async () => {
  const store = await emptyStore();
  await mkdir(path.join(store, 'drills'));
  const drill = {
    schema: 'flipgate.drill/1',
    pointer: 'edge',
    finished_at: iso(noon),
    ttr_seconds: 40,
    verified: true,
  };
  await writeFile(path.join(store, 'drills/edge.json'), JSON.stringify(drill));
  await writeFile(path.join(store, 'drills/edge-old.json'), JSON.stringify({ ...drill, ttr_seconds: 10 }));
  await writeFile(
    path.join(store, 'drills/mesh.json'),
    JSON.stringify({ ...drill, pointer: 'mesh', verified: false }),
  );
  await writeFile(path.join(store, 'drills/cut.json'), '{"schema": "flipgate.dri');
  const rollbacks = (): readonly RollbackEvent[] => [
    ...rollbackLines(),
    ...rollbackLines({ id: 'b' }),
    ...rollbackLines({ id: 'c', outcome: 'open' }),
  ];
  expect(await samplesOf(opened(store, { rollbacks }).snapshot())).toEqual({
    [build]: '1',
    [`flipgate_gate_barred{artifact="${'a'.repeat(64)}"}`]: '1',
    'flipgate_rollback_drill_duration_seconds{pointer="edge"}': '40',
    'flipgate_rollback_drill_duration_seconds{pointer="mesh"}': '40',
    'flipgate_rollback_drill_last_success_timestamp_seconds{pointer="edge"}': String(noon / 1000),
    'flipgate_rollbacks_total{pointer="edge",trigger="alertmanager",outcome="done"}': '2',
  });
});
