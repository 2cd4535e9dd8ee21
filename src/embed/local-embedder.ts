import { setImmediate } from 'node:timers/promises';
import type { EmbedderIdentity } from '../scoring/record.ts';
import { combineWindows } from '../scoring/windows.ts';
import type { EmbedOptions, Embedder } from './embedder.ts';
import { optimisedFolder } from './optimised-model.ts';
import { batchesOf, sequencesOf, type Frame, type Sequence } from './sequences.ts';
import { openSession, type Session } from './session.ts';

/** A model's files, checked. */
export interface CheckedModel {
  readonly folder: string;
  readonly identity: EmbedderIdentity;
  /** SHA-256 of `onnx/model.onnx`; absent where the weights do not lie in this one file. */
  readonly modelSha256: string | undefined;
}

export interface LocalEmbedderOptions {
  /** Checks the files (and fetches them where need be); called once. */
  readonly check: () => Promise<CheckedModel>;
  readonly cacheFolder: string | undefined;
  readonly threads: number | undefined;
}

/** Short texts are fastest at about this many tokens a batch: more only moves memory. */
const batchTokens = 256;
/** Characters that are tokenized at once, in some 25 ms: then whatever else waits gets its turn. */
const sliceCharacters = 20_000;

/** An embedder over a model of this machine. The model loads at the first text; `identity` only hashes its files. */
export function localEmbedder(options: LocalEmbedderOptions): Embedder {
  let checked: Promise<CheckedModel> | undefined;
  let session: Promise<Session> | undefined;
  const check = (): Promise<CheckedModel> => (checked ??= options.check());
  const open = async (): Promise<Session> => openChecked(await check(), options);
  return {
    identity: async () => (await check()).identity,
    embed: async (texts, embedOptions = {}) => {
      embedOptions.signal?.throwIfAborted();
      if (texts.length === 0) return [];
      const { window } = (await check()).identity;
      return embedDistinct(await (session ??= open()), texts, { ...embedOptions, window });
    },
    close: async () => {
      const opened = session;
      session = undefined;
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

async function openChecked(
  { folder, modelSha256 }: CheckedModel,
  { cacheFolder, threads }: LocalEmbedderOptions,
): Promise<Session> {
  const copyable = cacheFolder !== undefined && modelSha256 !== undefined;
  const copy = copyable ? await optimisedFolder(folder, modelSha256, cacheFolder) : undefined;
  return openSession({ tokenizerFolder: folder, modelFolder: copy ?? folder, threads });
}

interface LocalEmbedOptions extends EmbedOptions {
  readonly window: number;
}

async function embedDistinct(
  session: Session,
  texts: readonly string[],
  options: LocalEmbedOptions,
): Promise<readonly Float32Array[]> {
  const positions = new Map<string, number>();
  for (const text of texts) if (!positions.has(text)) positions.set(text, positions.size);
  const sequences = await tokenizeAll(session, [...positions.keys()], options);
  const left = countsOf(sequences, positions.size);
  const vectors: Float32Array[] = [];
  let done = 0;
  for (const batch of batchesOf(sequences, batchTokens)) {
    // A run blocks this thread: everything else gets its turn in between.
    await setImmediate(undefined);
    options.signal?.throwIfAborted();
    const results = await session.run(batch.map((index) => sequences[index]?.tokens ?? new Int32Array()));
    for (const [at, index] of batch.entries()) {
      const text = sequences[index]?.text ?? 0;
      vectors[index] = results[at] ?? new Float32Array();
      left[text] = (left[text] ?? 0) - 1;
      if (left[text] === 0) done += 1;
    }
    options.onProgress?.(Math.floor((done / positions.size) * texts.length), texts.length);
  }
  const distinct = combineTexts(sequences, vectors, positions.size);
  return texts.map((text) => distinct[positions.get(text) ?? 0] ?? new Float32Array());
}

async function tokenizeAll(
  session: Session,
  texts: readonly string[],
  options: LocalEmbedOptions,
): Promise<readonly Sequence[]> {
  const frame: Frame = { prefix: session.prefix, suffix: session.suffix, window: options.window };
  const sequences: Sequence[] = [];
  let inSlice = 0;
  for (const [index, text] of texts.entries()) {
    if (inSlice > sliceCharacters) {
      await setImmediate(undefined);
      options.signal?.throwIfAborted();
      inSlice = 0;
    }
    inSlice += text.length;
    for (const sequence of sequencesOf(index, session.tokenize(text), frame)) sequences.push(sequence);
  }
  return sequences;
}

function countsOf(sequences: readonly Sequence[], texts: number): Int32Array {
  const counts = new Int32Array(texts);
  for (const { text } of sequences) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** The sequences of a text stand together, in the order of its windows. */
function combineTexts(
  sequences: readonly Sequence[],
  vectors: readonly Float32Array[],
  texts: number,
): readonly Float32Array[] {
  const windows: Float32Array[][] = Array.from({ length: texts }, () => []);
  for (const [index, { text }] of sequences.entries())
    windows[text]?.push(vectors[index] ?? new Float32Array());
  return windows.map((own) => (own.length === 1 ? (own[0] ?? new Float32Array()) : combineWindows(own)));
}
