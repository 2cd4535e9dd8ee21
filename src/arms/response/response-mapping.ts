import * as z from 'zod';

const expression = (what: string): z.ZodOptional<z.ZodNullable<z.ZodString>> =>
  z
    .string()
    .min(1)
    .max(10_000)
    .nullable()
    .optional()
    .describe(`JMESPath expression for ${what}; null: not read`);

/** Expressions per field of the response. A field without one is read under its own name; null switches it off. */
export const responseMappingSchema = z
  .strictObject({
    answer: expression('the answer, a string'),
    refused: expression('whether the arm refused to answer, a boolean'),
    retrieved: expression('the retrieved snippets, a list of objects with text'),
    citations: expression('the cited ids, a list of strings'),
    stages: expression('the seconds per stage, an object of retrieve, rerank and reason'),
    versions: expression('the version fields, an object'),
    tool_calls: expression('the tool calls, a list of objects with name and arguments'),
    side_effects: expression('the count of side effects, an integer'),
    dedupe_hits: expression('the count of dedupe hits, an integer'),
    error: expression(
      'an error that a response with status 2xx tells: where it finds something, the call is a fault',
    ),
    usage: expression('the token usage, an object of input_tokens and output_tokens'),
  })
  .describe('where the fields stand in the response, as JMESPath expressions');

export type ResponseMapping = z.output<typeof responseMappingSchema>;
export type ResponseField = Exclude<keyof ResponseMapping, 'error'>;

/** The fields of a response, in the order of the contract. */
export const responseFields = [
  'answer',
  'refused',
  'retrieved',
  'citations',
  'stages',
  'versions',
  'tool_calls',
  'side_effects',
  'dedupe_hits',
  'usage',
] as const satisfies readonly ResponseField[];
