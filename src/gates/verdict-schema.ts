import * as z from 'zod';
import { verdictNames } from './verdict.ts';

const number = z.number().optional();
const sha = z.string().optional();
const subject = z.looseObject({
  artifact: sha,
  gold: sha,
  embedder: sha,
  scoring: sha,
  view: sha,
  plan: sha,
  address: sha,
});
const judgedRecord = z.looseObject({
  sha256: z.string(),
  files: z.record(z.string(), z.looseObject({ sha256: z.string(), bytes: z.number(), modified: z.number() })),
});

/** What every reader of a stored verdict relies on; the rest is shown as it is. */
export const verdictSchema = z.looseObject({
  schema: z.literal('flipgate.verdict/1'),
  gate: z.string(),
  verdict: z.enum(verdictNames),
  arm: z.string(),
  evaluated_at: z.string(),
  evidence_at: z.string().optional(),
  expires_at: z.string().optional(),
  artifact: z.string().optional(),
  gold: z.string().optional(),
  embedder: z.string().optional(),
  policy: z.string().optional(),
  reason: z.string(),
  runs: z.looseObject({ candidate: z.string().optional(), baseline: z.string().optional() }),
  subject: z
    .looseObject({
      candidate: subject,
      baseline: subject.optional(),
      policy: z.string(),
      configured: z.looseObject({ baseline: z.string(), pins: z.string(), plan: z.string() }).optional(),
    })
    .optional(),
  records: z
    .looseObject({ candidate: judgedRecord.optional(), baseline: judgedRecord.optional() })
    .optional(),
  windows: z
    .array(z.looseObject({ run: z.string(), finished_at: z.string(), artifact: z.string() }))
    .optional(),
  integrity: z.looseObject({ sha256: z.string() }).optional(),
  problems: z
    .array(
      z.looseObject({
        code: z.string(),
        verdict: z.enum(verdictNames).exclude(['pass']),
        reason: z.string(),
      }),
    )
    .optional(),
  rules: z.array(
    z.looseObject({
      rule: z.string(),
      verdict: z.enum([...verdictNames, 'waived']),
      severity: z.literal('warn').optional(),
      statistic: z.string().optional(),
      comparing: z.enum(['candidate', 'difference', 'ratio']).optional(),
      value: number,
      limit: number,
      direction: z.enum(['at_most', 'at_least']).optional(),
      unit: z.string().optional(),
      interval: z.tuple([z.number(), z.number()]).optional(),
      evidence: z.string().optional(),
      n: number,
      n_calls: number,
      skipped: number,
      errored: number,
      resolution: number,
      fail_resolution: number,
      baseline_value: number,
      reason: z.string(),
    }),
  ),
});
