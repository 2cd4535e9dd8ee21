import * as z from 'zod';
import { namePattern } from '../base/name-pattern.ts';
import { armKinds } from '../arms/kinds.ts';
import { defaultScoring } from '../scoring/scoring-options.ts';
import { embedderSchema } from '../embed/schema.ts';
import { gateSchema } from '../gates/schema.ts';
import { rollbackSchema } from '../pointers/rollback-schema.ts';
import { signingSchema } from './signing-schema.ts';
import { serveSchema } from '../exporter/serve-schema.ts';

const count = z.int().min(1);
const share = z.number().min(0).max(1);

export const planSchema = z
  .strictObject({
    paraphrases: z
      .int()
      .min(0)
      .max(100)
      .default(3)
      .describe('paraphrases asked besides the question itself; the gold set must have as many'),
    seeds: z
      .array(z.int().min(0).max(Number.MAX_SAFE_INTEGER))
      .min(1)
      .max(100)
      .refine((seeds) => new Set(seeds).size === seeds.length, {
        error: 'two equal seeds measure nothing new',
      })
      .default([1, 2])
      .describe('integers handed to the arm for its samplers'),
    warmup: z.int().min(0).default(0).describe('questions asked beforehand and not measured'),
    orderSeed: z.int().min(0).default(1).describe('seed of the random order in which the cells are asked'),
    limit: count.optional().describe('questions to ask: a seeded sample of the gold set'),
    tag: z.string().min(1).optional().describe('ask only the questions with this tag'),
    rate: z
      .number()
      .positive()
      .optional()
      .describe('calls per second and arm: an open loop, latency counts from the scheduled start'),
    maxCalls: count
      .optional()
      .describe('stop before the first call when the plan has more calls than this, over all arms'),
  })
  .describe('what is asked of each arm');

const toolLoopSchema = z
  .strictObject({
    repeats: z
      .int()
      .min(2)
      .default(defaultScoring.toolLoop.repeats)
      .describe('the same tool with the same arguments this often is a loop'),
    cycles: z
      .int()
      .min(2)
      .default(defaultScoring.toolLoop.cycles)
      .describe('a cycle of 2 to 4 calls this often in succession is a loop'),
    maxCalls: count
      .default(defaultScoring.toolLoop.maxCalls)
      .describe('more tool calls than this in one answer are a loop'),
  })
  .describe('when the tool calls of an answer count as a loop');

export const scoringSchema = z
  .strictObject({
    anchoredCoverage: share
      .default(defaultScoring.anchoredCoverage)
      .describe('coverage at which a call counts as anchored'),
    agreementDistance: z
      .number()
      .min(0)
      .max(2)
      .default(defaultScoring.agreementDistance)
      .describe('largest ΔS(answer, medoid) of an agreeing answer'),
    agreementOverlap: share
      .default(defaultScoring.agreementOverlap)
      .describe('smallest overlap of snippet ids of an agreeing retrieval'),
    refusalPhrases: z
      .array(z.string().min(3))
      .optional()
      .describe(
        'phrases by which a refusal is recognised, instead of the shipped list in 17 languages; … stands for any words between',
      ),
    toolLoop: toolLoopSchema.prefault({}),
  })
  .describe('the thresholds of the λ states and of tool loops');

export const topSchema = z.strictObject({
  gold: z.string().min(1).default('gold').describe('the gold set: a folder or a file'),
  corpus: z
    .string()
    .min(1)
    .optional()
    .describe('folder in which the documents named by anchors are looked up'),
  baseline: z.string().regex(namePattern).default('blue').describe('the arm that is live'),
  candidate: z.string().regex(namePattern).default('green').describe('the arm that is to go live'),
  plan: planSchema.prefault({}),
  embedder: embedderSchema.prefault({ model: 'all-MiniLM-L6-v2' }),
  store: z.string().min(1).default('reports').describe('the folder that runs are written to'),
  storeMode: z
    .union([z.string(), z.int()])
    .default('0600')
    .transform(String)
    .refine((mode) => /^0?6[0246]{2}$/u.test(mode), {
      error: 'a mode that its owner can write by: 0600, 0640, 0660',
    })
    .describe('mode of new files in the store, as for chmod: 0640 where another user of the group serves it'),
  view: z.enum(['best', 'pooled']).default('best').describe('which view of ΔS the summary and the rules use'),
  scoring: scoringSchema.prefault({}),
  arms: z
    .record(z.string().regex(namePattern), z.unknown())
    .default({})
    .describe('the stacks under evaluation, by name'),
  gates: z.record(z.string().regex(namePattern), gateSchema).optional().describe('the gates, by name'),
  serve: serveSchema.prefault({}),
  rollback: rollbackSchema.optional(),
  signing: signingSchema.optional(),
});

/** The JSON Schema of `flipgate.yaml`, from the same source as the types. */
export function configJsonSchema(): object {
  const arm = z.union(armKinds.map((kind) => kind.schema));
  const extended = z.looseObject({ extends: z.string().regex(namePattern) });
  const whole = topSchema.extend({ arms: z.record(z.string().regex(namePattern), z.union([arm, extended])) });
  return {
    title: 'flipgate configuration',
    ...z.toJSONSchema(whole, { io: 'input', unrepresentable: 'any' }),
  };
}
