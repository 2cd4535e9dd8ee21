import { expect, test } from 'vitest';
import { timeCharts } from '../../../../src/reports/html/charts/times.ts';
import type { ReportModel } from '../../../../src/reports/html/model.ts';
import { reportModel } from '../../../support/report-model.ts';

/** One arm of eight calls, two questions of four, asked at these seconds. */
function chartOf(seconds: readonly number[], latencies: readonly number[]): string {
  const { candidate, ...rest } = reportModel();
  const at = Float64Array.from(seconds, (second) => Date.parse('2026-11-22T21:30:00Z') + 1000 * second);
  const calls = {
    ...candidate.calls,
    at,
    latency: { ...candidate.calls.latency, total: Float64Array.from(latencies) },
  };
  const { baseline: _, ...alone } = rest;
  const model: ReportModel = { ...alone, candidate: { ...candidate, calls } };
  return timeCharts(model)[0]?.markup ?? '';
}

const inOrder = [0, 2, 4, 6, 1, 3, 5, 7];

test('an arm that gets slower is told', () => {
  expect(chartOf(inOrder, [1, 1, 2, 2, 1, 1, 2, 2])).toContain(
    'the last third of the calls was 100 % slower than the first',
  );
});

test('a question that takes longer and happens to be asked late slows nothing down', () => {
  expect(chartOf([0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 9, 9, 9, 9])).toContain(
    'about the same at the end as at the start',
  );
});

test('calls that stand alone are points: a line through them has no length', () => {
  const isolated = chartOf([0, 0, 0, 0, 50, 50, 100, 100], [1, 1, 1, 1, 2, 2, 3, 3]);
  expect(isolated.match(/<circle class="lone"/gu)).toHaveLength(3);
});
