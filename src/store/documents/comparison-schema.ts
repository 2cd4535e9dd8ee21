import * as z from 'zod';
import type { Comparison } from '../../statistics/comparison.ts';
import { evidenceError } from '../corrupt-error.ts';

const number = z.number().optional();
const interval = z.tuple([z.number(), z.number()]).optional();
const header = z.looseObject({
  id: z.string(),
  arm: z.string(),
  view: z.enum(['best', 'pooled']),
  plan: z.looseObject({ cells: z.number() }),
});
const paired = z.looseObject({ median: z.number(), p95: z.number(), interval, n_calls: z.number() });
const sides = z.looseObject({ baseline: number, candidate: number, difference: number });

/** What readers of a stored comparison rely on; the rest is passed on as it is. */
export const comparisonSchema = z.looseObject({
  schema: z.literal('flipgate.comparison/1'),
  baseline: header,
  candidate: header,
  warnings: z.array(z.looseObject({ code: z.string() })),
  statistics: z.record(
    z.string(),
    z.looseObject({
      unit: z.string(),
      better: z.enum(['lower', 'higher']),
      baseline: number,
      candidate: number,
      difference: number,
      interval,
      n: z.number(),
    }),
  ),
  latency_ratio: z.record(z.string(), paired),
  drift: paired.optional(),
  questions: z.array(
    z.looseObject({
      question: z.string(),
      answerable: z.boolean(),
      question_retrieved: sides,
      coverage: sides,
      convergent: sides,
      flip: sides,
      latency: sides,
      faulted: sides,
      worsening: z.number(),
      phrasing: z.number(),
      seed: z.number(),
    }),
  ),
});

/** A stored comparison, checked. Throws a `UserError` (exit 4) for one that lacks what its readers rely on. */
export function wholeComparison<Stored extends Comparison | undefined>(comparison: Stored): Stored {
  if (comparison === undefined || comparisonSchema.safeParse(comparison).success) return comparison;
  throw evidenceError(
    'the stored comparison of these runs is none that this version can read',
    'it is damaged or from a newer flipgate: flipgate compare stores it anew',
  );
}
