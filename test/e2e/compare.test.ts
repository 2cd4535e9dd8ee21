import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { flipgate, json, jsonLines, writeGold } from '../support/cli.ts';
import { gateStore } from '../support/gate-store.ts';

const store = gateStore();

type Latencies = ReadonlyMap<string, readonly number[]>;

async function latenciesOf(name: string): Promise<Latencies> {
  const latencies = new Map<string, number[]>();
  for (const { question, latency } of await jsonLines(path.join(await store.runOf(name), 'calls.jsonl')))
    latencies.set(question, [...(latencies.get(question) ?? []), latency.total]);
  return latencies;
}

function meanOf(latencies: Latencies, ids: readonly string[]): number {
  const values = ids.flatMap((id) => latencies.get(id) ?? []);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('compare stores the paired differences, and anybody can recompute its intervals', async () => {
  const result = await flipgate(store.folder, ['compare', '--json', '--resamples', 'draws.jsonl']);
  expect(result.code).toBe(0);
  const { examples: _examples, ...comparison } = JSON.parse(result.stdout) as Record<string, any>;
  expect(comparison).toMatchObject({
    schema: 'flipgate.comparison/1',
    baseline: { arm: 'blue' },
    candidate: { arm: 'green' },
  });
  const place = `reports/comparisons/${comparison['baseline'].id}..${comparison['candidate'].id}/comparison.json`;
  expect(await json(path.join(store.folder, place))).toEqual(comparison);

  const [header, ...draws] = await jsonLines(path.join(store.folder, 'draws.jsonl'));
  const ids = header!['questions'] as readonly string[];
  expect([ids.length, draws.length]).toEqual([24, 2000]);
  const [blue, green] = [await latenciesOf('blue'), await latenciesOf('green')];
  const differences = draws
    .map((draw) => Object.values(draw).map((at) => ids[at as number] ?? ''))
    .map((drawn) => meanOf(green, drawn) - meanOf(blue, drawn))
    .sort((a, b) => a - b);
  const { interval, difference } = comparison['statistics']['latency.total.mean'];
  expect(difference).toBeCloseTo(meanOf(green, ids) - meanOf(blue, ids), 9);
  expect(interval[0]).toBeCloseTo(differences[49]!, 9);
  expect(interval[1]).toBeCloseTo(differences[1949]!, 9);
});

test('every number of the summaries stands in the comparison as it stands there', async () => {
  const { statistics } = JSON.parse((await flipgate(store.folder, ['compare', '--json'])).stdout) as Record<
    string,
    any
  >;
  for (const side of ['baseline', 'candidate'] as const) {
    const { summary } = await json(
      path.join(await store.runOf(side === 'baseline' ? 'blue' : 'green'), 'run.json'),
    );
    const numbers: Record<string, number> = {
      error_rate: summary.error_rate,
      server_error_rate: summary.server_error_rate,
      'semantic_distance.question_retrieved.mean': summary.semantic_distance.question_retrieved.mean,
      'semantic_distance.question_retrieved.median': summary.semantic_distance.question_retrieved.median,
      'semantic_distance.question_retrieved.p95': summary.semantic_distance.question_retrieved.p95,
      'semantic_distance.question_retrieved.worst_phrasing':
        summary.semantic_distance.question_retrieved.worst_phrasing,
      'semantic_distance.answer_anchor.p95': summary.semantic_distance.answer_anchor.p95,
      'coverage.mean': summary.coverage.mean,
      'coverage.p05': summary.coverage.p05,
      'coverage.pass_share': summary.coverage.pass_share,
      'lambda.flip.all': summary.lambda.flip.all,
      'lambda.flip.phrasing': summary.lambda.flip.phrasing,
      'lambda.convergence.all': summary.lambda.convergence.all,
      'latency.total.mean': summary.latency.total.mean,
      'latency.total.p50': summary.latency.total.p50,
      'latency.total.p99': summary.latency.total.p99,
      'latency.reason.p95': summary.latency.reason.p95,
      'retrieval.recall_at_5': summary.retrieval.recall_at_5,
      'retrieval.mrr': summary.retrieval.mrr,
      'retrieval.ndcg_at_10': summary.retrieval.ndcg_at_10,
      'retrieval.precision_at_5': summary.retrieval.precision_at_5,
      tool_loops: summary.tool_loops,
      side_effects: summary.side_effects,
      'usage.output_tokens': summary.usage.output_tokens,
    };
    for (const [name, value] of Object.entries(numbers))
      expect([name, statistics[name][side]]).toEqual([name, value]);
  }
});

test('the table says what differs and where to go next', async () => {
  const result = await flipgate(store.folder, ['compare']);
  expect([result.code, result.stderr]).toEqual([0, '']);
  expect(result.stdout).toMatch(/^blue → green/u);
  expect(result.stdout).toMatch(/coverage\.\n +\.mean +1 +1 +0 +0 to 0 +24/u);
  expect(result.stdout).toContain('next: flipgate gate acceptance');
});

test('compare refuses what is not over the same cells, and names the questions', async () => {
  const other = path.join(store.folder, 'other');
  await mkdir(other);
  await writeGold(other, 24, (id) => (id === 'Q_003' ? { question: 'What else about topic 3?' } : {}));
  const [server] = store.servers;
  const args = [
    'run',
    '--green',
    server!.url,
    '--gold',
    path.join(other, 'gold.jsonl'),
    '--arm',
    'green',
    '--quiet',
  ];
  expect((await flipgate(store.folder, args)).code).toBe(0);
  const result = await flipgate(store.folder, ['compare']);
  expect(result.code).toBe(4);
  expect(result.stderr).toMatch(/different gold sets \([0-9a-f]{12} and [0-9a-f]{12}; changed: Q_003\)/u);
});

test('run --gate judges at the end and gives the gate’s exit code', async () => {
  const result = await flipgate(store.folder, [
    'run',
    '--gate',
    'acceptance',
    '--quiet',
    '--json',
    '--store',
    'fresh',
  ]);
  expect(result.code).toBe(3);
  const { verdict, runs } = JSON.parse(result.stdout) as Record<string, any>;
  expect(verdict).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('no rollback drill'),
  });
  expect(verdict.runs.candidate).toBe(runs.find(({ arm }: { arm: string }) => arm === 'green').id);
});

test('gate --plan tells what each limit needs', async () => {
  const result = await flipgate(store.folder, ['gate', 'acceptance', '--plan', '--json']);
  expect(result.code).toBe(0);
  const { rules } = JSON.parse(result.stdout) as { rules: Record<string, any>[] };
  const errors = rules.find(({ rule }) => rule === 'error_rate');
  expect(errors!['note']).toBe('with 192 calls the limit means "none"');
  expect(errors!['questions_needed']).toBeGreaterThan(24);
});

test('report tells the newest verdict as Markdown, JUnit XML, CSV and JSON; without one it ends with 4', async () => {
  expect((await flipgate(store.folder, ['report', '--format', 'markdown'])).code).toBe(4);
  await store.judge();
  const told = async (format: string): Promise<string> =>
    (await flipgate(store.folder, ['report', '--format', format])).stdout;
  expect(await told('markdown')).toContain('all 12 rules pass');
  expect(await told('junit')).toMatch(/^<\?xml .*<testsuite name="flipgate acceptance green"/su);
  expect(await told('csv')).toContain('coverage');
  expect(JSON.parse(await told('json'))[0].verdict.verdict).toBe('pass');
  await flipgate(store.folder, ['report', 'acceptance', '--format', 'json', '--out', 'verdict.json']);
  expect((await json(path.join(store.folder, 'verdict.json')))[0].comparison.schema).toBe(
    'flipgate.comparison/1',
  );
});
