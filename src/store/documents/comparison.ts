import path from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../../base/files.ts';
import { sealed, type Integrity } from '../../base/integrity/sealed.ts';
import type { Signer } from '../../base/integrity/signer.ts';
import { readRegular } from '../../base/regular-file.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import { documentIn, parseDocument, schemaOf, type DocumentKind } from './document.ts';
import { count, countedFinding, integrity, interval, optionalKeys, perClock, signedStore } from './parts.ts';
import { headerSchema } from './run.ts';

const paired = z.object({
  median: z.number(),
  p95: z.number(),
  interval: interval.exactOptional().describe('95 %, of the median'),
  n_calls: count.describe('cells measured on both arms'),
});
const sides = optionalKeys(['baseline', 'candidate', 'difference'], z.number());

const statistic = z.object({
  unit: z.enum(['distance', 'ratio', 'seconds', 'count', 'tokens', 'currency']),
  better: z.enum(['lower', 'higher']),
  baseline: z.number().exactOptional(),
  candidate: z.number().exactOptional(),
  difference: z.number().exactOptional().describe('candidate − baseline, over the same cells'),
  interval: interval.exactOptional().describe('95 %, of the difference'),
  n: count.describe('questions measured on both arms'),
});

const question = z.object({
  question: z.string(),
  answerable: z.boolean(),
  question_retrieved: sides,
  coverage: sides,
  convergent: sides.describe('share of its calls that are convergent'),
  flip: sides,
  latency: sides.describe('seconds'),
  faulted: sides.describe('share of its calls that are faults'),
  worsening: z.number().describe('what the order goes by'),
  phrasing: z.int().describe('of the cell with the largest loss'),
  seed: z.int().describe('of the cell with the largest loss'),
});

/** A comparison as it is stored: signed, where somebody signs. */
export type StoredComparison = Comparison & { readonly store?: string; readonly integrity?: Integrity };

const comparisonSchema = schemaOf<StoredComparison>()(
  z.object({
    schema: z.literal('flipgate.comparison/1'),
    baseline: headerSchema.describe('the run that was compared with, without its summary'),
    candidate: headerSchema.describe('the run that was compared, without its summary'),
    bootstrap: z
      .object({
        resamples: z.number(),
        seed: z.number().describe('of the resamples'),
        questions: z.number(),
      })
      .describe('how the intervals were computed'),
    warnings: z.array(countedFinding).describe('what makes the comparison less than it seems'),
    statistics: z.record(z.string(), statistic).describe('by the statistic’s name'),
    latency_ratio: perClock(paired).describe('candidate / baseline of each cell’s latency'),
    drift: paired.exactOptional().describe('candidate − baseline of each cell’s ΔS(question, retrieved)'),
    questions: z.array(question).describe('every question’s differences, worst for the candidate first'),
    store: signedStore,
    integrity: integrity.exactOptional(),
  }),
);

export const comparisonKind: DocumentKind<StoredComparison> = {
  name: 'comparison',
  file: '`comparisons/<baseline run>..<candidate run>/comparison.json`',
  about: 'Two runs over the same cells.',
  version: 'flipgate.comparison/1',
  schema: comparisonSchema,
};

/** A stored comparison; `undefined` for what cannot be read: it can be made again. */
export function parseComparison(text: string): Comparison | undefined {
  return documentIn(parseDocument(comparisonKind, text));
}

const numbersSchema = comparisonSchema.pick({ schema: true, statistics: true, drift: true });

/** A comparison without its questions, of which there can be 25,000. */
export type ComparedNumbers = Readonly<Pick<Comparison, 'statistics' | 'drift'>>;

export function parseComparedNumbers(text: string): ComparedNumbers | undefined {
  return documentIn(parseDocument({ ...comparisonKind, schema: numbersSchema }, text));
}

/** Where the comparison of two runs is stored. */
export function comparisonFile(store: string, baseline: string, candidate: string): string {
  return path.join(store, 'comparisons', `${baseline}..${candidate}`, 'comparison.json');
}

/** The stored comparison of two runs; `undefined` where there is none that can be read: it can be made again. */
export async function readComparison(
  store: string,
  { baseline, candidate }: { readonly baseline: string; readonly candidate: string },
): Promise<Comparison | undefined> {
  return parseComparison(await readRegular(comparisonFile(store, baseline, candidate)).catch(() => ''));
}

/** Stores a comparison, with hash and signature where there is a signer, beside the runs that it rests on. Returns its file. */
export async function storeComparison(
  store: string,
  comparison: Comparison,
  signer?: Signer,
): Promise<string> {
  const file = comparisonFile(store, comparison.baseline.id, comparison.candidate.id);
  await writeAtomically(
    file,
    `${JSON.stringify(signer === undefined ? comparison : sealed(comparison, signer))}\n`,
  );
  return file;
}
