import * as z from 'zod';
import { verdictNames } from './verdict.ts';

/** What every reader of a stored verdict relies on; the rest is shown as it is. */
export const verdictSchema = z.looseObject({
  schema: z.literal('flipgate.verdict/1'),
  gate: z.string(),
  verdict: z.enum(verdictNames),
  arm: z.string(),
  evaluated_at: z.string(),
  reason: z.string(),
  runs: z.looseObject({ candidate: z.string().optional(), baseline: z.string().optional() }),
  rules: z.array(z.looseObject({ rule: z.string(), verdict: z.enum([...verdictNames, 'waived']), reason: z.string() })),
});
