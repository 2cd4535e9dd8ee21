import * as z from 'zod';
import { namePattern } from '../base/name-pattern.ts';

const text = z.string().regex(/^[^\0]*$/u, 'has a NUL character in it');
const command = z
  .array(text)
  .min(1)
  .refine(([program]) => program !== '', 'names no program')
  .describe('a program and its arguments; no shell is between');

/** `rollback:` of the configuration. */
export const rollbackSchema = z
  .strictObject({
    command: command.describe(
      'the program that moves traffic back to the baseline, and its arguments; no shell is between',
    ),
    verify: z
      .strictObject({ command })
      .describe(
        'ends with 0 where traffic is on the baseline: asked before, so that nothing is done twice, and after, so that an action without effect fails',
      ),
    timeoutSeconds: z
      .number()
      .positive()
      .max(3600)
      .default(30)
      .describe('seconds that each of the programs may take'),
    environment: z
      .array(z.string().regex(/^[^=\0]+$/u, 'is no name of a variable'))
      .default([])
      .describe('names of variables that the programs get, beside PATH, HOME and such'),
    pointer: z.string().regex(namePattern).default('command').describe('what the rollback is counted under'),
    alerts: z
      .array(z.string().min(1))
      .min(1)
      .default(['FlipgateBreach', 'FlipgateBlind'])
      .describe(
        'names of the alerts that roll back, when they come from Alertmanager with the label action=rollback',
      ),
  })
  .describe('what POST /v1/alertmanager does');

export type RollbackConfig = z.infer<typeof rollbackSchema>;
