import * as z from 'zod';
import { armOptions } from '../options.ts';

export const commandSchema = z
  .strictObject({
    kind: z
      .literal('command')
      .describe('a program that reads one JSON request a line and writes one JSON response a line'),
    ...armOptions,
    command: z
      .array(z.string().min(1))
      .min(1)
      .describe('the program and its arguments; no shell is involved'),
    workingDirectory: z.string().min(1).optional().describe('the folder in which it is started'),
    environment: z
      .record(z.string(), z.string())
      .optional()
      .describe('environment variables, on top of those of flipgate'),
  })
  .describe('an arm that is a program');

/** The settings of a `command` arm. */
export type CommandSettings = z.output<typeof commandSchema>;
