import type { Embedder } from './embedder.ts';
import type { EmbedderConfig } from './schema.ts';

/** What a provider gets of the world around it. */
export interface EmbedderContext {
  /** Where vectors and models may be kept (see `defaultCacheFolder`); the configuration's `cache` wins over it. */
  readonly cacheFolder: string;
  /** Relative paths of the configuration start here. */
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the bundled model lies; by default beside the program. */
  readonly bundledFolder?: string;
  /** Computes every vector from the model as it was shipped or fetched, whatever an earlier process has kept: anybody may have written that. */
  readonly anew?: boolean | undefined;
  /** Called with a sentence for people where something is gone on without: a cache that cannot be written, for example. */
  readonly onNotice?: (notice: string) => void;
}

/** The same with the configuration's `cache` applied: `cacheFolder` is absent where nothing may be kept. */
export interface ProviderContext extends Omit<EmbedderContext, 'cacheFolder'> {
  readonly cacheFolder: string | undefined;
}

/** A text with its vector as computed just now: a cache that holds another one for it was filled by another model. */
export interface Canary {
  readonly text: string;
  readonly vector: Float32Array;
}

export interface OpenedProvider {
  readonly embedder: Embedder;
  /** What vectors depend on besides the identity: they are kept apart by it. */
  readonly cacheScope: string;
  /** For models whose identity does not pin their weights. */
  readonly canary?: (signal?: AbortSignal) => Promise<Canary>;
}

/** One way to get vectors. */
export interface Provider {
  readonly matches: (config: EmbedderConfig) => boolean;
  readonly open: (config: EmbedderConfig, context: ProviderContext) => OpenedProvider;
}
