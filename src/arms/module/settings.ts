import * as z from 'zod';
import { armOptions } from '../options.ts';

export const moduleSchema = z
  .strictObject({
    kind: z
      .literal('module')
      .describe('a JavaScript or TypeScript module exporting ask(request, { signal })'),
    ...armOptions,
    module: z
      .string()
      .min(1)
      .describe('path of the module. TypeScript needs a Node that runs it (22.18 or newer)'),
  })
  .describe('an arm that is a module');

/** The settings of a `module` arm. */
export type ModuleSettings = z.output<typeof moduleSchema>;
