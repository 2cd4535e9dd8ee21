import * as z from 'zod';
import { armOptions } from '../options.ts';

export const indexSchema = z
  .strictObject({
    kind: z.literal('index').describe('retrieval only, straight from a vector index'),
    ...armOptions,
    index: z
      .string()
      .min(1)
      .describe('the index: a folder written by "index build", or a JSON Lines file of chunks'),
    topK: z.number().int().min(1).max(1000).default(5).describe('snippets to retrieve'),
  })
  .describe('an arm that is a vector index');

/** The settings of an `index` arm. */
export type IndexSettings = z.output<typeof indexSchema>;
