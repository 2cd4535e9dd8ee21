import path from 'node:path';
import * as z from 'zod';
import { jsonOrUndefined } from '../../base/json.ts';
import type { RunRecord } from '../../scoring/record.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import { isRecord } from '../../store/documents/read-record.ts';
import { parseComparison } from '../../store/documents/read-verdicts.ts';

const number = z.number().optional();
const count = z.number().min(0);
const distance = z
  .looseObject({ mean: number, median: number, p95: number, worst_phrasing: number })
  .optional();
const latency = z.looseObject({ p50: number, p95: number, p99: number }).optional();

/** Everything of a record that is exported, or that a verdict about it is compared with. */
const recordSchema = z.looseObject({
  status: z.enum(['complete', 'aborted', 'interrupted']),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
  gold: z.looseObject({ sha256: z.string() }),
  artifact: z.looseObject({ sha256: z.string() }),
  embedder: z.looseObject({ id: z.string() }).optional(),
  summary: z.looseObject({
    calls: z.looseObject({ ok: count, network: count, timeout: count, status: count, shape: count }),
    tool_loops: count,
    side_effects: count,
    dedupe_hits: count,
    questions: z.looseObject({ judged: count, skipped: count, errored: count }).optional(),
    error_rate: number,
    server_error_rate: number,
    semantic_distance: z.looseObject({ question_retrieved: distance, retrieved_anchor: distance }).optional(),
    coverage: z.looseObject({ mean: number, p05: number, pass_share: number }).optional(),
    lambda: z
      .looseObject({
        states: z.looseObject({ convergent: count, split: count, collapsed: count, backward: count }),
        flip: z.looseObject({ all: number, phrasing: number, seed: number }),
        convergence: z.looseObject({ all: number, by_seed: z.record(z.string(), z.number()) }),
      })
      .optional(),
    latency: z.looseObject({ total: latency, retrieve: latency, rerank: latency, reason: latency }),
  }),
});

const comparisonSchema = z.looseObject({
  statistics: z.record(z.string(), z.looseObject({ difference: number })),
  drift: z.looseObject({ median: number, p95: number }).optional(),
});

/** The record in the file of a run's folder; `undefined` for one in which anything that is exported is not what it should be. */
export function exportedRecord(text: string, file: string): RunRecord | undefined {
  const value = jsonOrUndefined(text);
  return isRecord(value, path.basename(path.dirname(file))) && recordSchema.safeParse(value).success
    ? value
    : undefined;
}

/** A stored comparison, likewise. */
export function exportedComparison(text: string): Comparison | undefined {
  const comparison = parseComparison(text);
  return comparisonSchema.safeParse(comparison).success ? comparison : undefined;
}
