import * as z from 'zod';
import { verdictNames, type RuleVerdict } from '../../gates/verdict.ts';
import { schemaOf } from './document.ts';
import { interval } from './parts.ts';

const number = z.number().exactOptional();
const optionalText = z.string().exactOptional();

/** An entry of `rules` in a verdict. */
export const ruleSchema = schemaOf<RuleVerdict>()(
  z.object({
    rule: z.string(),
    verdict: z
      .enum([...verdictNames, 'waived'])
      .describe('waived: the policy leaves the rule out, and the reason says why'),
    severity: z.literal('warn').exactOptional().describe('only reported: the gate does not count it'),
    statistic: optionalText.describe('what was judged'),
    comparing: z.enum(['candidate', 'difference', 'ratio']).exactOptional(),
    value: number,
    limit: number,
    direction: z.enum(['at_most', 'at_least']).exactOptional(),
    unit: optionalText,
    interval: interval.exactOptional().describe('95 %'),
    evidence: z.enum(['balanced', 'strict', 'point']).exactOptional(),
    n: number.describe('questions judged'),
    n_calls: number,
    skipped: number.describe('questions without an answer in the documents'),
    errored: number.describe('questions of which every call is a fault'),
    resolution: number.describe('how far beyond the limit the truth must be not to pass, 4 times in 5'),
    fail_resolution: number.describe(
      'the same to fail; absent where no number of bad calls could prove a violation',
    ),
    baseline_value: number,
    oracle: number.describe('what a perfect retriever would have'),
    reason: z.string().describe('one sentence for people'),
  }),
);
