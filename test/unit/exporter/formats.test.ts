import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createLiveCalls } from '../../../src/exporter/live-calls.ts';
import { openMetricsType, registryOf, textType } from '../../../src/exporter/prometheus.ts';
import {
  callLine,
  emptyStore,
  iso,
  noon,
  opened,
  passed,
  writeRun,
  writeVerdict,
} from '../../support/store-files.ts';
import { requireServer } from '../../support/servers/programs.ts';
import { openMetricsOf, sampleLines, textOf } from './samples.ts';

const hostile = 'a "quoted"\nline\\with a back slash';

async function hostileStore(): Promise<string> {
  const store = await emptyStore();
  await writeRun(store);
  await writeVerdict(store, passed({ artifact: hostile }));
  return store;
}

test('the two formats say the same, each in its own way', async () => {
  const snapshot = opened(await hostileStore()).snapshot();
  const [text, open] = [await textOf(snapshot), await openMetricsOf(snapshot)];
  expect(sampleLines(open)).toEqual(sampleLines(text));
  expect(text).toContain('# TYPE flipgate_calls_total counter\n');
  expect(open).toContain('# TYPE flipgate_calls counter\n');
  expect(open).toContain('flipgate_calls_total{arm="green",outcome="ok"} 8\n');
  expect(open.endsWith('\n# EOF\n')).toBe(true);
  expect(text).not.toContain('# EOF');
});

test('quotes, line feeds and back slashes in a label are escaped', async () => {
  const page = await textOf(opened(await hostileStore()).snapshot());
  expect(page).toContain(String.raw`artifact="a \"quoted\"\nline\\with a back slash"`);
});

test('every series has its help and its type before its samples, once', async () => {
  const page = await textOf(opened(await hostileStore()).snapshot());
  const heads = page.split('\n').filter((line) => line.startsWith('# TYPE'));
  expect(new Set(heads).size).toBe(heads.length);
  for (const line of sampleLines(page))
    expect(
      heads.some((head) => head.startsWith(`# TYPE ${line.replace(/\{.*/u, '')} `)),
      line,
    ).toBe(true);
});

test('the same store gives the same bytes', async () => {
  const store = await hostileStore();
  expect(await textOf(opened(store).snapshot())).toBe(await textOf(opened(store).snapshot()));
});

test('promtool finds nothing to complain about', async (context) => {
  const promtool = await requireServer('promtool', context);
  const live = createLiveCalls(noon);
  live.add('green', callLine());
  const snapshot = opened(await hostileStore()).snapshot();
  const check = promisify(execFile)(promtool, ['check', 'metrics']);
  check.child.stdin?.end(await registryOf(snapshot, { type: textType, live: live.histogram }).metrics());
  expect(await check).toEqual({ stdout: '', stderr: '' });
});

test('the histogram counts calls that were answered since, without faults and retries', async () => {
  const live = createLiveCalls(noon);
  live.add('green', callLine({ at: iso(noon), latency: { total: 0.2, retrieve: 0.02 } }));
  live.add('green', callLine({ at: iso(noon - 1), latency: { total: 5 } }));
  live.add('green', callLine({ retried: true, latency: { total: 6 } }));
  live.add('green', callLine({ outcome: 'timeout', latency: { total: 7 } }));
  live.add('green', callLine({ latency: undefined }));
  live.add('green', callLine({ latency: { total: Number.NaN, retrieve: -1 } }));
  live.add('green', callLine({ at: 'soon' }));
  const lines = sampleLines(
    await registryOf(opened(await emptyStore()).snapshot(), {
      type: openMetricsType,
      live: live.histogram,
    }).metrics(),
  );
  const of = (suffix: string, stage: string): string | undefined =>
    lines
      .find(
        (line) =>
          line.startsWith(`flipgate_stage_duration_seconds_${suffix}`) && line.includes(`stage="${stage}"`),
      )
      ?.split(' ')
      .at(-1);
  expect([of('count', 'total'), of('sum', 'total'), of('count', 'retrieve'), of('sum', 'retrieve')]).toEqual([
    '1',
    '0.2',
    '1',
    '0.02',
  ]);
  expect(lines).toContain('flipgate_stage_duration_seconds_bucket{le="0.1",arm="green",stage="total"} 0');
  expect(lines).toContain('flipgate_stage_duration_seconds_bucket{le="0.25",arm="green",stage="total"} 1');
  expect(lines).toContain('flipgate_stage_duration_seconds_bucket{le="+Inf",arm="green",stage="total"} 1');
});

const defaultRules = [
  'semantic_distance',
  'coverage',
  'lambda_convergence',
  'lambda_flip_increase',
  'latency_p95',
  'error_rate',
  'tool_loops',
  'distinct_arms',
  'invariants',
  'rollback_drill',
];

test('an arm has at most 200 series with both gates and the histogram, however many questions it was asked', async () => {
  const page = async (questions: number): Promise<readonly string[]> => {
    const store = await emptyStore();
    const stage = { n: questions, mean: 1, p50: 1, p95: 1, p99: 1 };
    const latency = { total: stage, retrieve: stage, rerank: stage, reason: stage };
    await writeRun(store, { summary: { latency, questions: { judged: questions, skipped: 0, errored: 0 } } });
    const rules = defaultRules.map((rule) => ({
      rule,
      verdict: 'pass' as const,
      value: 1,
      limit: 1,
      reason: 'well',
    }));
    for (const gate of ['acceptance', 'watch'])
      await writeVerdict(store, passed({ gate, rules }), `${gate}.green`);
    const live = createLiveCalls(noon);
    for (let index = 0; index < questions; index += 1)
      live.add(
        'green',
        callLine({ question: `Q_${index}`, latency: { total: 1, retrieve: 1, rerank: 1, reason: 1 } }),
      );
    return sampleLines(
      await registryOf(opened(store).snapshot(), { type: textType, live: live.histogram }).metrics(),
    );
  };
  const [few, many] = [await page(1), await page(500)];
  expect(many.length).toBe(few.length);
  expect(many.filter((line) => line.includes('arm="green"')).length).toBeLessThanOrEqual(200);
});
