import * as z from 'zod';

export const signingSchema = z
  .strictObject({
    key: z
      .string()
      .min(1)
      .optional()
      .describe(
        'who signs: an Ed25519 private key in PEM, or the path of its file; only where runs are made and judged',
      ),
    trusted: z
      .array(z.string().min(1))
      .default([])
      .describe('public keys whose signatures count, as flipgate keys new prints them, or in PEM'),
    require: z
      .boolean()
      .default(false)
      .describe('what is not signed by a trusted key is an error for every reader'),
    store: z
      .string()
      .regex(/^[\w.:/-]{1,100}$/u)
      .optional()
      .describe('id of the store that all that is signed is for: a pass of staging is none in production'),
    hmac: z
      .string()
      .min(1)
      .optional()
      .describe('instead of keys, on one machine: path of a file with a secret that signs and checks'),
    seen: z
      .string()
      .min(1)
      .optional()
      .describe('folder, outside the store, in which readers keep what they have seen'),
  })
  .refine(({ key, hmac }) => key === undefined || hmac === undefined, {
    error: 'either a key or an hmac file, not both',
  })
  .refine(
    ({ require, key, hmac, trusted }) =>
      !require || trusted.length > 0 || key !== undefined || hmac !== undefined,
    { error: 'nothing could be read: require goes with trusted keys, a key of its own or hmac' },
  )
  .describe('who signs runs, verdicts, comparisons and drills, and whose signatures count');

/** How documents are signed and whose signatures count, paths absolute. */
export type SigningSettings = Readonly<z.infer<typeof signingSchema>>;
