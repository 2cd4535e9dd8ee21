import * as z from 'zod';
import { versionFields } from '../scoring/answer.ts';

const pin = (field: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe(`the ${field} this arm must report on every call; another value fails the invariants rule`);

const [indexHash, embedSchema, rerankConf, promptVersion, modelVersion] = versionFields;

const pinsSchema = z
  .strictObject({
    [indexHash]: pin(indexHash),
    [embedSchema]: pin(embedSchema),
    [rerankConf]: pin(rerankConf),
    [promptVersion]: pin(promptVersion),
    [modelVersion]: pin(modelVersion),
  })
  .describe('the version fields that this arm is expected to report');

const pricesSchema = z
  .strictObject({
    inputPerMillion: z.number().min(0).describe('price of a million input tokens'),
    outputPerMillion: z.number().min(0).describe('price of a million output tokens'),
    currency: z.string().min(1).max(16).default('USD').describe('currency of both prices'),
  })
  .describe('prices, for the cost per converged answer');

/** An absolute http or https URL; written as a refinement because an editor sees it with `${NAME}` still in it. */
export const httpUrl = z.string().refine((text) => isHttpUrl(text), { error: 'is not an http or https URL' });

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** How long a call may take where nothing else is configured. */
export const defaultTimeoutSeconds = 30;

/** What every kind of arm can be told, spread into each kind's own strict schema. */
export const armOptions = {
  pins: pinsSchema.optional(),
  timeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .default(defaultTimeoutSeconds)
    .describe('seconds after which a call without a complete response is a timeout'),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .describe('calls under way at the same time, at most'),
  retries: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('further attempts after a fault; a call that needed one counts as faulted'),
  cites: z.boolean().default(false).describe('whether an answer without citations counts as backward'),
  versionsUrl: httpUrl
    .optional()
    .describe(
      'a URL whose GET returns the five version fields as JSON; asked for the fields that a response lacks',
    ),
  abortAfter: z
    .number()
    .int()
    .min(1)
    .default(20)
    .describe("faults in a row after which this arm's run is aborted"),
  prices: pricesSchema.optional(),
  requiredSecrets: z
    .array(z.string().min(1))
    .optional()
    .describe('names of environment variables that must be set before the first call'),
} as const;

const settingsSchema = z.object({ kind: z.string(), ...armOptions });

/** The settings of any kind of arm, as far as all kinds share them. */
export type ArmSettings = z.output<typeof settingsSchema>;
