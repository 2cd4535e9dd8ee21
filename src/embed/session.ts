import type * as Transformers from '@huggingface/transformers';
import { availableParallelism } from 'node:os';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { normalised } from './normalised.ts';

export interface SessionOptions {
  /** Folder whose tokenizer is used. */
  readonly tokenizerFolder: string;
  /** Folder whose `onnx/model.onnx` is used. */
  readonly modelFolder: string;
  readonly threads: number | undefined;
}

/** A loaded model: the only place that touches the library. */
export interface Session {
  /** Special tokens before and after the tokens of a text. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  /** A text's tokens, without the special ones and without a limit. */
  tokenize(text: string): readonly number[];
  /** The mean-pooled, L2-normalised vectors of sequences of equal length, in their order. Blocks the event loop meanwhile. */
  run(sequences: readonly Int32Array[]): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

const maxThreads = 4;

/** Loads tokenizer and model from local files; never uses the network. Throws a `UserError` (exit 4) where the files are no such model. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const library: typeof Transformers = await import('@huggingface/transformers');
  library.env.allowRemoteModels = false;
  library.env.useFSCache = false;
  const { tokenizer, model } = await load(library, options).catch((error: unknown) => {
    throw new UserError(`model in "${options.modelFolder}" cannot be loaded: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
      cause: error,
    });
  });
  const tokenize = (text: string): readonly number[] => tokenizer.encode(text, { add_special_tokens: false });
  return {
    ...specialTokens(tokenizer.encode('a'), tokenize('a')),
    tokenize,
    run: async (sequences) => {
      const length = sequences[0]?.length ?? 0;
      const dimensions = [sequences.length, length];
      const tokens = BigInt64Array.from(sequences.flatMap((sequence) => Array.from(sequence, BigInt)));
      const tensor = (values: BigInt64Array): object => new library.Tensor('int64', values, dimensions);
      const output: unknown = await model({
        input_ids: tensor(tokens),
        attention_mask: tensor(new BigInt64Array(tokens.length).fill(1n)),
        token_type_ids: tensor(new BigInt64Array(tokens.length)),
      });
      return pool(hiddenState(output), sequences.length, length);
    },
    close: async () => {
      await model.dispose();
    },
  };
}

async function load({ AutoModel, AutoTokenizer }: typeof Transformers, options: SessionOptions) {
  const tokenizer = await AutoTokenizer.from_pretrained(options.tokenizerFolder, { local_files_only: true });
  const model = await AutoModel.from_pretrained(options.modelFolder, {
    local_files_only: true,
    dtype: 'fp32',
    device: 'cpu',
    session_options: {
      intraOpNumThreads: options.threads ?? Math.min(maxThreads, availableParallelism()),
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Threads that wait by spinning halve the speed where a container grants fewer processors than it shows.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    },
  });
  return { tokenizer, model };
}

function specialTokens(
  whole: readonly number[],
  content: readonly number[],
): Pick<Session, 'prefix' | 'suffix'> {
  const start = content.length === 0 ? -1 : whole.indexOf(content[0] ?? -1);
  if (start === -1) return { prefix: whole, suffix: [] };
  return { prefix: whole.slice(0, start), suffix: whole.slice(start + content.length) };
}

function hiddenState(output: unknown): Float32Array {
  if (typeof output === 'object' && output !== null && 'last_hidden_state' in output) {
    const tensor = output.last_hidden_state;
    if (
      typeof tensor === 'object' &&
      tensor !== null &&
      'data' in tensor &&
      tensor.data instanceof Float32Array
    )
      return tensor.data;
  }
  throw new UserError('the model returns no float32 "last_hidden_state"', {
    hint: 'use a sentence-embedding model exported for feature extraction',
    exitCode: exitCodes.error,
  });
}

/** The direction of the sum is that of the mean: the division by the number of tokens is left out. */
function pool(hidden: Float32Array, count: number, length: number): readonly Float32Array[] {
  const dimensions = hidden.length / (count * length);
  return Array.from({ length: count }, (_, text) => {
    const sum = new Float64Array(dimensions);
    for (let token = 0; token < length; token += 1) {
      const offset = (text * length + token) * dimensions;
      for (let index = 0; index < dimensions; index += 1)
        sum[index] = (sum[index] ?? 0) + (hidden[offset + index] ?? NaN);
    }
    return normalised(sum);
  });
}
