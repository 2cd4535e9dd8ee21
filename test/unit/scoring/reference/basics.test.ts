import { expect, test } from 'vitest';
import type { ToolCall } from '../../../../src/scoring/answer.ts';
import { mean, median, nearestRank, percentile } from '../../../../src/scoring/percentile.ts';
import { rankingQuality } from '../../../../src/scoring/retrieval/quality.ts';
import { defaultScoring } from '../../../../src/scoring/scoring-options.ts';
import { tokenize } from '../../../../src/text/tokens.ts';
import { hasToolLoop } from '../../../../src/scoring/tool-loop.ts';
import { combineWindows, windowsOf } from '../../../../src/scoring/windows.ts';
import { expectClose, referenceCases } from './fixtures.ts';

interface Ranking {
  readonly ranked: readonly string[];
  readonly relevant: readonly string[];
}

test.each(referenceCases<{ text: string }, { tokens: unknown }>('tokens'))(
  'tokens: $name',
  ({ input, expected }) => {
    expect(tokenize(input.text).map(({ token, start, end }) => [token, start, end])).toEqual(expected.tokens);
  },
);

test.each(referenceCases<{ tool_calls: ToolCall[] }, { loop: boolean }>('tool-loops'))(
  'tool loops: $name',
  ({ input, expected }) => {
    expect(hasToolLoop(input.tool_calls, defaultScoring.toolLoop)).toBe(expected.loop);
  },
);

interface Windows {
  readonly windows?: unknown;
  readonly vector?: readonly number[];
}

test.each(referenceCases<{ tokens?: number; vectors?: number[][] }, Windows>('windows'))(
  'windows: $name',
  ({ input, expected }) => {
    if (input.tokens !== undefined) expect(windowsOf(input.tokens)).toEqual(expected.windows);
    if (input.vectors !== undefined) {
      const combined = combineWindows(input.vectors.map((vector) => Float32Array.from(vector)));
      expect(combined).toEqual(Float32Array.from(expected.vector ?? []));
    }
  },
);

interface Sample {
  readonly p?: number;
  readonly n_from?: number;
  readonly n_to?: number;
  readonly values?: readonly number[];
}

interface Ranks {
  readonly positions?: readonly number[];
  readonly percentiles?: Readonly<Record<string, number>>;
  readonly median?: number;
  readonly mean?: number;
}

test.each(referenceCases<Sample, Ranks>('percentile'))('percentile: $name', ({ input, expected }) => {
  const { p = 0, n_from: from = 1, n_to: to = 0, values = [] } = input;
  const positions = Array.from({ length: to - from + 1 }, (_, index) => nearestRank(p, from + index));
  expect(positions).toEqual(expected.positions ?? []);
  for (const [at, value] of Object.entries(expected.percentiles ?? {}))
    expect(percentile(values, Number(at)), at).toBe(value);
  expect(median(values)).toBe(expected.median);
  expectClose(mean(values), expected.mean);
});

test.each(referenceCases<Ranking, unknown>('retrieval'))(
  'retrieval quality: $name',
  ({ input, expected }) => {
    const { recallAt5, precisionAt5, reciprocalRank, ndcgAt10 } = rankingQuality(
      input.ranked,
      new Set(input.relevant),
    );
    expectClose(
      { recall_at_5: recallAt5, precision_at_5: precisionAt5, mrr: reciprocalRank, ndcg_at_10: ndcgAt10 },
      expected,
    );
  },
);

test.each(referenceCases<Ranking, unknown>('cranfield-metrics'))(
  'trec_eval: $name',
  ({ input, expected }) => {
    const { recallAt5, precisionAt5, reciprocalRank, ndcgAt10 } = rankingQuality(
      input.ranked,
      new Set(input.relevant),
    );
    expectClose(
      { P_5: precisionAt5, recall_5: recallAt5, recip_rank: reciprocalRank, ndcg_cut_10: ndcgAt10 },
      expected,
    );
  },
);
