import * as z from 'zod';
import { armOptions } from '../options.ts';

export const replaySchema = z
  .strictObject({
    kind: z.literal('replay').describe('recorded answers: those of a run, or of a JSON Lines file'),
    ...armOptions,
    record: z.string().min(1).optional().describe("a run: its id, the path of its folder, or an arm's name"),
    file: z
      .string()
      .min(1)
      .optional()
      .describe('a JSON Lines file, each line a response with its question, phrasing and seed'),
  })
  .refine((settings) => (settings.record === undefined) !== (settings.file === undefined), {
    error: 'needs either "record" or "file"',
  })
  .describe('an arm that answers from a record');

/** The settings of a `replay` arm. */
export type ReplaySettings = z.output<typeof replaySchema>;
