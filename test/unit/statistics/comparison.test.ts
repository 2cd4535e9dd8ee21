import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../../src/statistics/comparison.ts';
import { stateCodes } from '../../../src/statistics/evidence/evidence.ts';
import { percentileInterval } from '../../../src/statistics/interval.ts';
import { evidenceOf, healthyPair, versionsOf, type EvidenceOptions } from '../../support/evidence.ts';
import { statisticsCases } from './fixtures.ts';
import { expectClose } from '../scoring/reference/fixtures.ts';

const few = { resamples: 100 };
const codes = (candidate: EvidenceOptions, baseline: EvidenceOptions = {}): readonly string[] =>
  compareRuns(healthyPair({ questions: 5, candidate, baseline }), few).warnings.map(({ code }) => code);

test('equal measurements differ by nothing, and their intervals are nothing wide', () => {
  const { candidate } = healthyPair({ questions: 8 });
  const comparison = compareRuns({ candidate, baseline: candidate }, few);
  expect(Object.keys(comparison.statistics)).toContain('coverage.mean');
  for (const [name, { baseline, candidate: after, difference, interval }] of Object.entries(
    comparison.statistics,
  )) {
    expect(after, name).toBe(baseline);
    expect(difference, name).toBe(0);
    expect(interval, name).toEqual([0, 0]);
  }
  expect(comparison.latency_ratio.total).toMatchObject({ median: 1, p95: 1, interval: [1, 1], n_calls: 64 });
  expect(comparison.drift).toMatchObject({ median: 0, p95: 0, n_calls: 64 });
});

test.each(statisticsCases.map((one) => [one.name, one] as const))(
  'the differences agree with the reference: %s',
  (_, one) => {
    const { statistics } = compareRuns(one, few);
    for (const [label, { value }] of Object.entries(one.expected.paired.absent)) {
      const [name = '', comparing] = label.split(' ');
      if (comparing !== 'difference') continue;
      expectClose(statistics[name]?.difference ?? null, value, label);
      const alone = one.expected.candidate.absent[name]?.value ?? null;
      expectClose(statistics[name]?.candidate ?? null, alone, name);
    }
  },
);

test('statistics that neither run measured are left out, those of one run have no difference', () => {
  const { statistics } = compareRuns(healthyPair({ questions: 5, candidate: { latency: [] } }), few);
  expect(Object.keys(statistics)).not.toContain('latency.rerank.mean');
  const { baseline, ...latency } = statistics['latency.total.mean'] ?? {};
  expect(baseline).toBeGreaterThan(0.4);
  expect(latency).toEqual({ unit: 'seconds', better: 'lower', n: 0 });
});

test('cell by cell: ratios of latencies and differences of ΔS where both are measured', () => {
  const shape = { questions: 1, phrasings: 1, seeds: [1, 2, 3, 4] };
  const candidate = evidenceOf({
    ...shape,
    latency: [2, 3, null, 5],
    questionRetrieved: [0.3, 0.4, 0.5, null],
  });
  const baseline = evidenceOf({
    ...shape,
    arm: 'blue',
    latency: [1, 1, 1, 0],
    questionRetrieved: [0.1, 0.1, 0.1, 0.1],
  });
  const { latency_ratio: ratio, drift } = compareRuns({ candidate, baseline }, few);
  expect(ratio.total).toMatchObject({ median: 2, p95: 3, n_calls: 2 });
  expect(drift?.n_calls).toBe(3);
  expect(drift?.median).toBeCloseTo(0.3, 12);
  expect(ratio.reason).toBeUndefined();
});

describe('the questions', () => {
  const shape = { questions: 4, phrasings: 2, seeds: [3, 9] };
  const at = (cell: number, value: number, otherwise: number): number[] =>
    Array.from({ length: 16 }, (_, i) => (i === cell ? value : otherwise));
  const baseline = evidenceOf({ ...shape, arm: 'blue' });

  test('stand worst for the candidate first, ties by id', () => {
    const candidate = evidenceOf({
      ...shape,
      coverage: at(9, 0.1, 0.9),
      questionRetrieved: at(14, 0.4, 0.2),
    });
    const { questions } = compareRuns({ candidate, baseline }, few);
    expect(questions.map(({ question }) => question)).toEqual(['Q_0002', 'Q_0003', 'Q_0000', 'Q_0001']);
    expect(questions[0]?.worsening).toBeCloseTo(0.2, 12);
    expect(questions[0]).toMatchObject({ phrasing: 0, seed: 9, answerable: true });
    expect(questions[1]).toMatchObject({ phrasing: 1, seed: 3 });
    expect(questions[2]).toMatchObject({ worsening: 0, phrasing: 0, seed: 3 });
  });

  test('count faults and calls that no longer converge', () => {
    const candidate = evidenceOf({ ...shape, states: at(4, stateCodes.split, 0), faulted: at(0, 1, 0) });
    const { questions } = compareRuns({ candidate, baseline }, few);
    expect(questions[0]).toMatchObject({
      question: 'Q_0000',
      worsening: 0.25,
      faulted: { baseline: 0, candidate: 0.25, difference: 0.25 },
    });
    expect(questions[1]).toMatchObject({
      question: 'Q_0001',
      convergent: { difference: -0.25 },
      flip: { candidate: 0.5, difference: 0.5 },
    });
  });

  test('leave out what an arm did not measure', () => {
    const candidate = evidenceOf({ ...shape, coverage: [] });
    const [first] = compareRuns({ candidate, baseline }, few).questions;
    expect(first?.coverage).toEqual({ baseline: 0.9 });
  });
});

test('warns of what makes a comparison less than it seems, and of nothing else', () => {
  expect(codes({})).toEqual([]);
  expect(codes({ callsSha256: 'x' }, { callsSha256: 'x' })).toEqual(['same_calls']);
  expect(codes({ versions: versionsOf('blue') })).toEqual(['same_artifact']);
  expect(codes({ answersSha256: 'x' }, { answersSha256: 'x' })).toEqual(['same_answers']);
  expect(codes({ session: 'session-2' })).toEqual(['other_session']);
});

test('is the same for the same seed, says which, and leaves the summaries out', () => {
  const pair = healthyPair({ questions: 6 });
  const comparison = compareRuns(pair, { resamples: 50, seed: 9 });
  expect(comparison).toEqual(compareRuns(pair, { resamples: 50, seed: 9 }));
  expect(comparison.bootstrap).toEqual({ resamples: 50, seed: 9, questions: 6 });
  expect(comparison.statistics['coverage.mean']?.interval).not.toEqual(
    compareRuns(pair, { resamples: 50, seed: 10 }).statistics['coverage.mean']?.interval,
  );
  expect(comparison.baseline).not.toHaveProperty('summary');
  expect(compareRuns(pair).bootstrap).toEqual({ resamples: 2000, seed: 1, questions: 6 });
});

test('without resamples there is no interval', () => {
  expect(percentileInterval(new Float64Array())).toBeUndefined();
  expect(
    compareRuns(healthyPair({ questions: 3 }), { resamples: 0 }).statistics['coverage.mean']?.interval,
  ).toBeUndefined();
});
