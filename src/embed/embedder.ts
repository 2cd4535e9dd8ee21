import type { EmbedderIdentity } from '../scoring/record.ts';

export interface EmbedOptions {
  readonly signal?: AbortSignal;
  /** Called now and then with how many of the texts are done, a long one in parts. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Turns texts into L2-normalised vectors, in the order of the texts. A text's vector depends on the text alone: never on its batch.
 * Models load at the first text whose vector is not at hand.
 */
export interface Embedder {
  /** Known once the first vector is; for local models before that. */
  identity(options?: Pick<EmbedOptions, 'signal'>): Promise<EmbedderIdentity>;
  embed(texts: readonly string[], options?: EmbedOptions): Promise<readonly Float32Array[]>;
  /** Those of the texts that are longer than what is embedded of one: their vectors are of their beginnings. */
  shortened(texts: readonly string[], options?: Pick<EmbedOptions, 'signal'>): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}
