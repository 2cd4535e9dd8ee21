import { expect, test } from 'vitest';
import type { RunRecord, Summary } from '../../../../src/scoring/record.ts';
import { paintFor } from '../../../../src/reports/terminal/paint.ts';
import { runTable } from '../../../../src/reports/terminal/run-table.ts';

const paint = paintFor({ isTerminal: false, columns: 100, write: () => undefined }, {});
const nothing: Summary = {
  calls: {
    planned: 8,
    ok: 0,
    network: 8,
    timeout: 0,
    status: 0,
    shape: 0,
    server_errors: 0,
    retried: 0,
    paced: 0,
  },
  error_rate: 1,
  latency: {},
  tool_loops: 0,
  side_effects: 0,
  dedupe_hits: 0,
};
const latency = { n: 8, mean: 0.2, p50: 0.2, p95: 0.31, p99: 12.4 };
const measured: Summary = {
  ...nothing,
  calls: { ...nothing.calls, ok: 8, network: 0 },
  error_rate: 0,
  semantic_distance: {
    question_retrieved: {
      n: 8,
      mean: 0.399,
      median: 0.4,
      p95: 0.61,
      by_phrasing: [0.3, null],
      worst_phrasing: 0.6,
    },
  },
  coverage: { n: 8, mean: 0.65, p05: 0, pass_share: 0.5, exact: 8, aligned: 0, mixed: 0 },
  lambda: {
    states: { convergent: 4, split: 2, collapsed: 1, backward: 1 },
    flip: { all: 0.25, phrasing: 0.3 },
    convergence: { all: 0.5, by_seed: { '1': 0.5, '2': 1 } },
  },
  latency: { total: latency, reason: { ...latency, mean: 0.15 }, retrieve: { ...latency, mean: 0.01 } },
  tool_loops: 1,
};

function recordOf(arm: string, summary: Summary, more: Partial<RunRecord> = {}): RunRecord {
  const artifact = { sha256: 'abcdef0123456789', complete: true };
  // The rest of a record does not reach the table.
  return { arm, summary, status: 'complete', artifact, ...more } as RunRecord;
}

test('the table of two runs, one of which measured nothing', () => {
  const aborted = recordOf('green', nothing, {
    status: 'aborted',
    artifact: { sha256: 'x', complete: false },
  });
  expect(`\n${runTable([recordOf('blue', measured), aborted], paint)}\n`).toMatchInlineSnapshot(`
    "
                             blue                               green
      calls answered         8 of 8                             0 of 8
      error rate             0.00 %                             100.00 % (network 8)
      ΔS question–retrieved  0.40 stable, p95 0.61              –
        worst phrasing       0.60 critical                      –
      coverage               0.65, 50 % of calls ≥ 0.70         –
      λ states               → 4  <> 2  × 1  ← 1                –
      λ convergence          0.50 (seed 1: 0.50, seed 2: 1.00)  –
      λ flip rate            0.25 (phrasings 0.30)              –
      latency p50 / p95      200 ms / 310 ms                    –
        retrieve             200 ms / 310 ms                    –
        reason               200 ms / 310 ms                    –
      slowest stage          reason, 75 % of the time           –
      tool loops             1                                  0
      side effects, deduped  0, 0                               0, 0
      artifact               abcdef012345                       version fields missing
      status                 complete                           aborted
    "
  `);
});

test.each([
  [{ retried: 4 }, '1.25 % (retried 4)'],
  [{ retried: 1, timeout: 3 }, '1.25 % (timeout 3, retried 1)'],
  [{}, '1.25 %'],
])('calls that count as faults are told by kind: %j', (counts, told) => {
  const summary = { ...measured, error_rate: 0.0125, calls: { ...measured.calls, ...counts } };
  expect(/error rate +(.*)/u.exec(runTable([recordOf('blue', summary)], paint))?.[1]).toBe(told);
});

test('several artifacts in one run are told, not the most frequent one', () => {
  const artifacts = [1, 2].map((count) => ({ sha256: String(count), complete: true, count }));
  expect(runTable([recordOf('blue', measured, { artifacts })], paint)).toContain('2 versions in one run');
});
