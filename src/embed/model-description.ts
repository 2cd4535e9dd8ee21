import path from 'node:path';
import * as z from 'zod';
import { UserError, exitCodes } from '../base/errors.ts';
import { readJson } from './model-files.ts';

/** What a model's own files say about the vectors that it makes. */
export interface ModelDescription {
  readonly dimensions: number;
  /** Tokens per window, the special ones included. */
  readonly window: number;
}

const defaultWindow = 256;
const config = z.object({
  hidden_size: z.int().positive(),
  max_position_embeddings: z.int().positive().optional(),
});
const tokenizerConfig = z.object({ model_max_length: z.number().positive().optional() });
const sentenceConfig = z.object({ max_seq_length: z.int().min(8).optional().nullable() });
const poolingConfig = z.object({ pooling_mode_mean_tokens: z.boolean() });

/**
 * Reads a model folder's description. The window is `max_seq_length` of `sentence_bert_config.json`, else the smallest of 256 and the
 * limits of tokenizer and model. Throws a `UserError` (exit 4) for a model that pools otherwise than by the mean.
 */
export async function describeModel(folder: string): Promise<ModelDescription> {
  const model = await parsed(folder, 'config.json', config);
  const tokenizer = await parsed(folder, 'tokenizer_config.json', tokenizerConfig);
  const sentence = await parsed(folder, 'sentence_bert_config.json', sentenceConfig);
  const pooling = await parsed(folder, '1_Pooling/config.json', poolingConfig);
  if (model === undefined) {
    throw new UserError(`model file "${path.join(folder, 'config.json')}" is missing`, {
      exitCode: exitCodes.error,
    });
  }
  if (pooling !== undefined && !pooling.pooling_mode_mean_tokens) {
    throw new UserError(`model folder "${folder}" does not pool its tokens by their mean`, {
      hint: 'use a model with mean pooling, or serve this one with an OpenAI-compatible service and name its "url"',
      exitCode: exitCodes.error,
    });
  }
  const limit = Math.min(tokenizer?.model_max_length ?? Infinity, model.max_position_embeddings ?? Infinity);
  return {
    dimensions: model.hidden_size,
    window: Math.min(sentence?.max_seq_length ?? defaultWindow, limit),
  };
}

async function parsed<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const value = await readJson(path.join(folder, name));
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UserError(
    `model file "${path.join(folder, name)}" is not understood: ${z.prettifyError(result.error)}`,
    {
      exitCode: exitCodes.error,
    },
  );
}
