import * as z from 'zod';
import { armOptions, httpUrl } from '../options.ts';

export const openaiSchema = z
  .strictObject({
    kind: z
      .literal('openai')
      .describe('any OpenAI-compatible chat endpoint, alone or with an index in front of it'),
    ...armOptions,
    baseUrl: httpUrl
      .default('https://api.openai.com/v1')
      .describe('base URL of the service, up to and with /v1'),
    model: z.string().min(1).describe('name of the model'),
    apiKey: z.string().min(1).optional().describe('API key; write it as ${NAME}, never in the file'),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .describe('further headers. Their values are redacted'),
    index: z
      .string()
      .min(1)
      .optional()
      .describe('an index to retrieve from before asking: a folder, or a JSON Lines file of chunks'),
    topK: z.number().int().min(1).max(1000).default(5).describe('snippets to retrieve'),
    prompt: z
      .string()
      .min(1)
      .optional()
      .describe('a file with the prompt, holding {{question}} and, with an index, {{context}}'),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .nullable()
      .default(0)
      .describe('sampling temperature; null: not sent'),
    parameters: z
      .record(z.string(), z.json())
      .optional()
      .describe('further members of the request body, such as max_completion_tokens'),
  })
  .describe('an arm that is a chat model');

/** The settings of an `openai` arm. */
export type OpenaiSettings = z.output<typeof openaiSchema>;
