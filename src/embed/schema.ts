import * as z from 'zod';

/** The model that ships with the program. */
export const bundledModel = 'all-MiniLM-L6-v2';

/** A hub id: `owner/name`, optionally `@revision`. */
export const hubId = /^[\w-][\w.-]*\/[\w-][\w.-]*(?:@[\w-][\w./-]*)?$/;

/** A folder is written so that it cannot be mistaken for a hub id: beginning with `./`, `../`, `/`, `~/` or a drive letter. */
export const folderPath = /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|~[\\/]|[A-Za-z]:[\\/])/;

const serviceKeys = ['apiKey', 'batch', 'concurrency', 'timeoutSeconds', 'retries'] as const;
const localKeys = ['threads', 'maxWindows'] as const;

const fields = z.strictObject({
  model: z
    .string()
    .min(1, { abort: true })
    .describe(
      'all-MiniLM-L6-v2 (bundled), a folder (./folder), a hub id (owner/name), or the model name of the service at `url`',
    ),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('base URL of an OpenAI-compatible service, for example http://127.0.0.1:11434/v1'),
  apiKey: z.string().optional().describe('key of the service at `url`'),
  batch: z.int().min(1).max(2048).optional().describe('texts in one request to the service (64)'),
  concurrency: z.int().min(1).max(64).optional().describe('requests to the service at a time (4)'),
  timeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .optional()
    .describe('seconds one request to the service may take (60)'),
  retries: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe('how often a failed request to the service is repeated (3)'),
  cache: z
    .union([z.string().min(1), z.literal(false)])
    .optional()
    .describe('folder in which vectors are kept; false keeps none'),
  threads: z.int().min(1).max(256).optional().describe('threads of a local model'),
  maxWindows: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(
      'windows in which a local model embeds a text at most (256); of a longer one only so much counts, and its call has the finding text_shortened',
    ),
});

/** The configuration's `embedder`: a local model, or with `url` a service. */
export const embedderSchema = fields.superRefine((config, context) => {
  const complain = (key: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [key], message });
  };
  if (config.url !== undefined) {
    for (const key of localKeys)
      if (config[key] !== undefined) complain(key, 'applies to local models only, not to a service at "url"');
    return;
  }
  for (const key of serviceKeys)
    if (config[key] !== undefined) complain(key, 'applies to a service only: give its "url"');
  if (!isLocalModel(config.model)) {
    complain(
      'model',
      `embedder model "${config.model}" is not known: use ${bundledModel}, a folder (./folder), a hub id (owner/name), or give a "url"`,
    );
  }
});

export type EmbedderConfig = z.infer<typeof embedderSchema>;

export const defaultEmbedder: EmbedderConfig = { model: bundledModel };

function isLocalModel(model: string): boolean {
  return model === bundledModel || folderPath.test(model) || hubId.test(model);
}
