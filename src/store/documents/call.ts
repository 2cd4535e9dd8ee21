import * as z from 'zod';
import { jsonOrUndefined } from '../../base/json.ts';
import { outcomes } from '../../scoring/answer.ts';
import type { CallLine } from '../../scoring/record.ts';
import { schemaOf, type DocumentKind } from './document.ts';
import { count, finding, perClock, versions } from './parts.ts';

const span = z.tuple([z.number(), z.number()]);

const retrieved = z.object({
  snippet_id: z.string().exactOptional(),
  section_id: z.string().exactOptional(),
  source_url: z.string().exactOptional(),
  offsets: span.exactOptional().describe('half-open, in Unicode code points of the document'),
  tokens: span.exactOptional(),
  score: z.number().exactOptional(),
  text_sha256: z.string().describe('the text stands in `snippets.jsonl`'),
});

export const callSchema = schemaOf<CallLine>()(
  z.object({
    question: z.string().describe('id of the question'),
    phrasing: z.int().min(0).describe('0: the question itself; from 1 on its paraphrases'),
    seed: z.int(),
    key: z
      .string()
      .describe('SHA-256 of the canonical JSON of [question id, phrasing text, seed, arm]: what was asked'),
    outcome: z.enum(outcomes).describe('ok, or the kind of the fault'),
    status: z.number().exactOptional().describe('HTTP status'),
    at: z.string().describe('when it was asked'),
    latency: perClock(z.number())
      .exactOptional()
      .describe('seconds; absent for a fault and for a call that needed a retry'),
    answer: z.string().exactOptional(),
    refused: z.boolean().exactOptional().describe('whether the arm said that it does not answer'),
    retrieved: z.array(retrieved).exactOptional().describe('in the order of the arm'),
    citations: z.array(z.string()).exactOptional(),
    tool_calls: z
      .array(
        z.object({
          name: z.string(),
          arguments: z.unknown().exactOptional().describe('what it was called with'),
        }),
      )
      .exactOptional(),
    side_effects: count.exactOptional(),
    dedupe_hits: count.exactOptional(),
    usage: z
      .object({ input_tokens: z.number().exactOptional(), output_tokens: z.number().exactOptional() })
      .exactOptional(),
    versions: versions.exactOptional().describe('the version fields that the arm reported'),
    artifact_sha256: z.string().describe('the five version fields, hashed'),
    trace_id: z.string(),
    retried: z.boolean(),
    paced: count.exactOptional().describe('how often a 429 made this call wait'),
    findings: z.array(finding).exactOptional().describe('oddities that are no fault'),
    message: z.string().exactOptional().describe('why the call is a fault'),
  }),
);

export const callKind: DocumentKind<CallLine> = {
  name: 'call',
  file: 'lines of `<run>/calls.jsonl`',
  about: 'A call and what came back; the journal of a run.',
  schema: callSchema,
};

const countedSchema = callSchema.pick({ outcome: true, at: true, tool_calls: true });

/** A line of a journal that is being written, checked as far as calls are counted. */
export function parseLiveCall(text: string): CallLine | undefined {
  const value = jsonOrUndefined(text);
  return countedSchema.safeParse(value).success ? (value as CallLine) : undefined; // what else there is is not read
}

const shownSchema = callSchema.pick({
  outcome: true,
  status: true,
  message: true,
  answer: true,
  trace_id: true,
  retrieved: true,
});

/** Whether a call is what a report shows of it. */
export function isShown(call: CallLine): boolean {
  return shownSchema.safeParse(call).success;
}

const keyedSchema = callSchema.pick({ key: true });

/**
 * A line of `calls.jsonl` or `scores.jsonl`, or `undefined` for what is none: only its key is looked at, because files have many lines and are
 * checked by their hash. Whoever reads a journal that has none yet, or shows a call to people, checks the rest.
 */
export function parseCall(text: string): CallLine | undefined {
  const value = jsonOrUndefined(text);
  return keyedSchema.safeParse(value).success ? (value as CallLine) : undefined; // a line with a key is one that this program wrote
}
