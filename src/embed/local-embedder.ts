import { setImmediate } from 'node:timers/promises';
import type { EmbedderIdentity } from '../scoring/record.ts';
import { combineWindows } from '../scoring/windows.ts';
import type { EmbedOptions, Embedder } from './embedder.ts';
import { optimisedFolder } from './optimised-model.ts';
import { batchesOf, isTooLong, sequencesOf, type Frame, type Sequence } from './sequences.ts';
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
  /** Without the copy of the model that an earlier process has made. */
  readonly anew?: boolean | undefined;
  readonly threads: number | undefined;
  readonly maxWindows: number | undefined;
}

const defaultMaxWindows = 256;
/** Around a window, of any model. */
const mostSpecialTokens = 8;

/** Short texts are fastest at about this many tokens a batch: more only moves memory. */
const batchTokens = 256;
/** Characters that are tokenized at once, in some 25 ms: then whatever else waits gets its turn. */
const sliceCharacters = 20_000;

/** An embedder over a model of this machine. The model loads at the first text; `identity` only hashes its files. */
export function localEmbedder(options: LocalEmbedderOptions): Embedder {
  let checked: Promise<CheckedModel> | undefined;
  let session: Promise<Opened> | undefined;
  const { maxWindows = defaultMaxWindows } = options;
  const check = (): Promise<CheckedModel> => (checked ??= options.check());
  const open = async (): Promise<Opened> => {
    const model = await check();
    const opened = await openChecked(model, options);
    const { prefix, suffix } = opened;
    return { session: opened, frame: { prefix, suffix, window: model.identity.window, maxWindows } };
  };
  return {
    identity: async () => identityWith((await check()).identity, maxWindows),
    embed: async (texts, embedOptions = {}) => {
      embedOptions.signal?.throwIfAborted();
      if (texts.length === 0) return [];
      return embedDistinct(await (session ??= open()), texts, embedOptions);
    },
    shortened: async (texts, { signal } = {}) => {
      const { window } = (await check()).identity;
      const long = [...new Set(texts)].filter((text) => mayBeTooLong(text, { window, maxWindows }));
      return long.length === 0 ? new Set() : tooLongOf(await (session ??= open()), long, signal);
    },
    close: async () => {
      const opened = session;
      session = undefined;
      await (await opened?.catch(() => undefined))?.session.close();
    },
  };
}

async function openChecked(
  { folder, modelSha256 }: CheckedModel,
  { cacheFolder, anew = false, threads }: LocalEmbedderOptions,
): Promise<Session> {
  const copyable = !anew && cacheFolder !== undefined && modelSha256 !== undefined;
  const copy = copyable ? await optimisedFolder(folder, modelSha256, cacheFolder) : undefined;
  return openSession({ tokenizerFolder: folder, modelFolder: copy ?? folder, threads });
}

/** A model that is loaded, and how its windows are made. */
interface Opened {
  readonly session: Session;
  readonly frame: Frame;
}

/** Vectors of long texts depend on how much of them is embedded: another number of windows is another embedder. */
function identityWith(identity: EmbedderIdentity, maxWindows: number): EmbedderIdentity {
  if (maxWindows === defaultMaxWindows) return identity;
  return { ...identity, id: `${identity.id};max_windows=${maxWindows}` };
}

/**
 * Most texts need no tokens to be known as short enough: a token has a character at least, one outside ASCII makes up to four in its normal form.
 */
function mayBeTooLong(text: string, { window, maxWindows }: Pick<Frame, 'window' | 'maxWindows'>): boolean {
  const fitting = Math.floor((window - mostSpecialTokens) / 2) * maxWindows;
  if (4 * text.length <= fitting) return false;
  return text.length > fitting || !/^[\0-\x7f]*$/u.test(text);
}

/** Texts are tokenized one at a time, in slices, so that whatever else waits gets its turn. */
async function tooLongOf(
  { session, frame }: Opened,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const text of texts) {
    await setImmediate(undefined);
    signal?.throwIfAborted();
    if (isTooLong(session.tokenize(text).length, frame)) found.add(text);
  }
  return found;
}

async function embedDistinct(
  opened: Opened,
  texts: readonly string[],
  options: EmbedOptions,
): Promise<readonly Float32Array[]> {
  const { session } = opened;
  const positions = new Map<string, number>();
  for (const text of texts) if (!positions.has(text)) positions.set(text, positions.size);
  const sequences = await tokenizeAll(opened, [...positions.keys()], options);
  const vectors: Float32Array[] = [];
  let done = 0;
  for (const batch of batchesOf(sequences, batchTokens)) {
    // A run blocks this thread: everything else gets its turn in between.
    await setImmediate(undefined);
    options.signal?.throwIfAborted();
    const results = await session.run(batch.map((index) => sequences[index]?.tokens ?? new Int32Array()));
    for (const [at, index] of batch.entries()) {
      vectors[index] = results[at] ?? new Float32Array();
      done += 1;
    }
    // In windows, so that a long text does not seem to stand still.
    options.onProgress?.((done / sequences.length) * texts.length, texts.length);
  }
  const distinct = combineTexts(sequences, vectors, positions.size);
  return texts.map((text) => distinct[positions.get(text) ?? 0] ?? new Float32Array());
}

async function tokenizeAll(
  { session, frame }: Opened,
  texts: readonly string[],
  options: EmbedOptions,
): Promise<readonly Sequence[]> {
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
