import * as z from 'zod';
import { armOptions } from '../options.ts';
import { responseMappingSchema } from '../response/response-mapping.ts';

export const httpSchema = z
  .strictObject({
    kind: z.literal('http').describe('any JSON-over-HTTP service'),
    ...armOptions,
    url: z
      .string()
      .min(1)
      .describe(
        'where to ask; placeholders such as {{question_id}} in its path and query are filled URL-encoded',
      ),
    method: z
      .enum(['GET', 'POST', 'PUT', 'PATCH'])
      .default('POST')
      .describe('HTTP method. GET sends no body'),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .describe('further headers; they win over those that are sent by default. Their values are redacted'),
    body: z
      .json()
      .optional()
      .describe(
        'the request body as a JSON tree whose strings may hold placeholders: {{question}}, {{question_id}}, {{phrasing}}, {{seed}}, …',
      ),
    response: responseMappingSchema.optional(),
  })
  .describe('an arm behind HTTP');

/** The settings of an `http` arm. */
export type HttpSettings = z.output<typeof httpSchema>;
