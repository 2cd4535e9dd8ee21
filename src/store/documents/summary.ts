import * as z from 'zod';
import type { Summary } from '../../scoring/record.ts';
import { schemaOf } from './document.ts';
import { count, optionalKeys, perClock } from './parts.ts';

const share = z.number();
const distance = z.object({ n: count, mean: z.number(), median: z.number(), p95: z.number() });
const latency = z.object({
  n: count,
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});

const calls = z.object({
  planned: count.describe('cells of the plan'),
  ok: count.describe('answered'),
  network: count.describe('no connection, or a broken one'),
  timeout: count,
  status: count.describe('answered with an error status'),
  shape: count.describe('answered with something that is not a response'),
  server_errors: count.describe('of `status`: 500 to 599'),
  retried: count.describe('answered only after a retry: counted as faults'),
  paced: count.describe('made to wait by a 429'),
});

const phrasedDistance = distance.extend({
  by_phrasing: z
    .array(z.number().nullable())
    .describe('the mean of each phrasing, the question first; null where nothing was measured'),
  worst_phrasing: z.number().exactOptional().describe('the largest over the paraphrases'),
});

const semanticDistance = z.object({
  question_retrieved: phrasedDistance.exactOptional().describe('from the question to what was retrieved'),
  question_anchor: phrasedDistance
    .exactOptional()
    .describe('from the question to its own anchor: what a perfect retriever would have'),
  retrieved_anchor: distance.exactOptional().describe('from what was retrieved to the anchors'),
  answer_anchor: distance.exactOptional().describe('from the answer to the anchors'),
});

const coverage = z.object({
  n: count,
  mean: z.number(),
  p05: z.number(),
  pass_share: share.describe('calls with enough of their anchors'),
  exact: count.describe('calls measured by offsets'),
  aligned: count.describe('calls measured by texts'),
  mixed: count.describe('calls measured by both'),
});

const lambda = z.object({
  states: z.object({ convergent: count, split: count, collapsed: count, backward: count }),
  flip: optionalKeys(['all', 'phrasing', 'seed'], share).describe(
    'how often two calls of a question differ in state: over all, over phrasings, over seeds',
  ),
  convergence: z.object({
    all: share.exactOptional(),
    by_seed: z.record(z.string(), share),
  }),
});

const retrieval = z.object({
  n: count,
  recall_at_5: z.number(),
  mrr: z.number(),
  ndcg_at_10: z.number(),
  precision_at_5: z.number(),
});

/** `summary` of `run.json`. */
export const summarySchema = schemaOf<Summary>()(
  z.object({
    calls,
    questions: z.object({ judged: count, skipped: count, errored: count }).exactOptional(),
    error_rate: share.exactOptional().describe('faulted calls, of those that were made'),
    server_error_rate: share.exactOptional(),
    semantic_distance: semanticDistance.exactOptional().describe('ΔS: 0 is the same, larger is further'),
    coverage: coverage.exactOptional().describe('how much of its anchors a call retrieved'),
    lambda: lambda.exactOptional().describe('how answers hold over paraphrases and seeds'),
    latency: perClock(latency).describe('seconds, of calls that needed no retry'),
    tool_loops: count.describe('answers with a tool loop'),
    side_effects: count,
    dedupe_hits: count,
    usage: z
      .object({ input_tokens: z.number().exactOptional(), output_tokens: z.number().exactOptional() })
      .exactOptional(),
    cost: z
      .object({ total: z.number(), per_converged_answer: z.number().exactOptional() })
      .exactOptional()
      .describe('in the currency of the configured prices'),
    retrieval: retrieval.exactOptional().describe('ranks of the sections that the anchors name'),
  }),
);
