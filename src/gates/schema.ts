import * as z from 'zod';

const ruleSchema = z
  .strictObject({
    statistic: z
      .string()
      .optional()
      .describe('what a rule of your own judges: a statistic of the summary, like coverage.mean'),
    comparing: z
      .enum(['candidate', 'difference', 'ratio'])
      .optional()
      .describe("the candidate's value, or its relation to the baseline's"),
    direction: z
      .enum(['at_most', 'at_least'])
      .optional()
      .describe('on which side of the limit a value passes'),
    limit: z.number().optional().describe('the value that still passes'),
    evidence: z.enum(['balanced', 'strict', 'point']).optional().describe('how much proof a verdict needs'),
    minQuestions: z
      .int()
      .min(1)
      .optional()
      .describe('a pass on fewer judged questions is inconclusive (default 20)'),
    maxMissing: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('a pass with a larger share of missing cells is inconclusive (default 0.02)'),
    maxAgeSeconds: z.number().positive().optional().describe('how old a drill may be'),
    pointer: z.string().min(1).optional().describe('whose drill counts (default: the newest of all)'),
    severity: z.enum(['decide', 'warn']).optional().describe('warn: reported, not counted'),
    waived: z.string().trim().min(3).optional().describe('why this rule is left out; shown in every verdict'),
  })
  .describe('a rule: a statistic against a limit');

/** A gate as a configuration writes it; `policyOf` settles it. */
export const gateSchema = z
  .strictObject({
    rules: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/u), ruleSchema).optional(),
    maxAgeSeconds: z
      .number()
      .positive()
      .max(31_536_000)
      .optional()
      .describe('how long a verdict holds from the end of its oldest run (default 900)'),
    minPlan: z
      .strictObject({
        questions: z.union([z.literal('all'), z.int().min(1)]).optional(),
        paraphrases: z.int().min(0).optional(),
        seeds: z.int().min(1).optional(),
      })
      .optional()
      .describe('a smaller run is inconclusive (default: all questions, 3 paraphrases, 2 seeds)'),
  })
  .describe('a named list of rules');

export type GateSettings = z.infer<typeof gateSchema>;
export type RuleSettings = z.infer<typeof ruleSchema>;
