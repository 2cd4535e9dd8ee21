import * as z from 'zod';

const count = z.number().min(0);
const text = z.string().optional();
const distance = z
  .looseObject({ mean: z.number(), p95: z.number(), worst_phrasing: z.number().optional() })
  .optional();
const latency = z.looseObject({ mean: z.number(), p50: z.number(), p95: z.number() }).optional();

const plan = z.looseObject({
  questions: z.int().min(0),
  phrasings: z.int().min(1),
  seeds: z.array(z.int()),
  cells: z.int().min(0),
});

const artifact = z.looseObject({
  sha256: z.string(),
  complete: z.boolean(),
  INDEX_HASH: text,
  EMBED_SCHEMA: text,
  RERANK_CONF: text,
  PROMPT_VER: text,
  MODEL_VER: text,
});

const summary = z.looseObject({
  calls: z.looseObject({
    planned: count,
    ok: count,
    network: count,
    timeout: count,
    status: count,
    shape: count,
    retried: count,
  }),
  error_rate: z.number().optional(),
  semantic_distance: z
    .looseObject({ question_retrieved: distance, retrieved_anchor: distance, answer_anchor: distance })
    .optional(),
  coverage: z.looseObject({ mean: z.number(), pass_share: z.number() }).optional(),
  lambda: z
    .looseObject({
      states: z.looseObject({ convergent: count, split: count, collapsed: count, backward: count }),
      flip: z.looseObject({
        all: z.number().optional(),
        phrasing: z.number().optional(),
        seed: z.number().optional(),
      }),
      convergence: z.looseObject({ all: z.number().optional(), by_seed: z.record(z.string(), z.number()) }),
    })
    .optional(),
  latency: z.looseObject({ total: latency, retrieve: latency, rerank: latency, reason: latency }),
  tool_loops: count,
  side_effects: count,
  dedupe_hits: count,
  retrieval: z.looseObject({ recall_at_5: z.number(), ndcg_at_10: z.number() }).optional(),
});

/** What readers of a run's record rely on; the rest is passed on as it is. */
export const recordSchema = z.looseObject({
  session: z.string(),
  arm: z.string(),
  status: z.enum(['complete', 'aborted', 'interrupted']),
  started_at: z.string(),
  finished_at: z.string(),
  provenance: z.looseObject({ version: z.string() }),
  gold: z.looseObject({ sha256: z.string(), path: z.string(), questions: count }),
  plan,
  embedder: z.looseObject({ id: z.string() }).optional(),
  view: z.enum(['best', 'pooled']),
  artifact,
  artifacts: z.array(artifact).optional(),
  findings: z.array(z.looseObject({ code: z.string(), field: text, count })),
  files: z.record(z.string(), z.string()),
  summary,
});
