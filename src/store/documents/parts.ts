import * as z from 'zod';
import { subjectParts } from '../../scoring/subject.ts';
import { versionFields, type LatencyClock } from '../../scoring/answer.ts';

// Pieces that several documents have.

export const count = z.number().min(0);
export const interval = z.tuple([z.number(), z.number()]);
const text = z.string().exactOptional();

/** An object with these keys, each of which may be absent. */
export function optionalKeys<const Names extends readonly string[], Value extends z.ZodType>(
  names: Names,
  value: Value,
): z.ZodObject<{ [Name in Names[number]]: z.ZodExactOptional<Value> }> {
  const shape = Object.fromEntries(names.map((name) => [name, z.exactOptional(value)]));
  return z.object(shape as { [Name in Names[number]]: z.ZodExactOptional<Value> }); // one entry a name
}

/** For the whole call and each of its stages, where it was measured. */
export function perClock<Value extends z.ZodType>(
  value: Value,
): z.ZodObject<Record<LatencyClock, z.ZodExactOptional<Value>>> {
  return z.object({
    total: value.exactOptional().describe('the whole call'),
    retrieve: value.exactOptional().describe('the stage that retrieves'),
    rerank: value.exactOptional().describe('the stage that ranks again'),
    reason: value.exactOptional().describe('the stage that answers'),
  } satisfies Record<LatencyClock, unknown>);
}

export const versions = optionalKeys(versionFields, z.string());

export const artifact = versions.extend({
  sha256: z.string().describe('SHA-256 of the five version fields, the artifact’s identity'),
  complete: z.boolean().describe('whether all five version fields were reported'),
});

export const subject = optionalKeys(
  Object.keys(subjectParts) as readonly (keyof typeof subjectParts)[], // the keys of the constant
  z.string(),
).describe('what the numbers are about, each part as a SHA-256; what is not known is absent');

export const integrity = z
  .object({
    sha256: z.string().describe('SHA-256 of the canonical JSON of the document without `integrity`'),
    signature: z
      .object({
        key: z.string().describe('`ed25519:` and the public key, or `hmac`'),
        value: z.string().describe('base64, over the same bytes as the hash'),
      })
      .exactOptional()
      .describe('who says that the document is what was written'),
  })
  .describe('tells an edited or damaged document from the one that was written');

export const signedStore = z.string().exactOptional().describe('id of the store that it was signed for');

/** Of documents that take each other's place. */
export const succession = {
  sequence: z.number().exactOptional().describe('grows with each that takes the place of another'),
  previous: z.string().exactOptional().describe('SHA-256 of the one whose place it takes'),
};

export const finding = z.object({ code: z.string(), field: text });
export const countedFinding = finding.extend({ count });
export const role = z.enum(['baseline', 'candidate', 'single']);
export const view = z.enum(['best', 'pooled']);

export const provenance = z.object({
  version: z.string().describe('of flipgate'),
  revision: z.string().exactOptional().describe('commit that flipgate was built from'),
  dirty: z.boolean().exactOptional().describe('whether that tree had changes'),
  node: z.string(),
  platform: z.string(),
  arguments: z.array(z.string()),
  config_sha256: z.string(),
});
