import path from 'node:path';
import { UserError } from '../base/errors.ts';
import { bundledProvider } from './bundled.ts';
import { cachedEmbedder } from './cached-embedder.ts';
import type { Embedder } from './embedder.ts';
import { folderProvider } from './folder.ts';
import { hubProvider } from './hub.ts';
import type { EmbedderContext, Provider } from './provider.ts';
import type { EmbedderConfig } from './schema.ts';
import { serviceProvider } from './service.ts';

/** Kept vectors that are computed again by each process that uses some. */
const checkedVectors = 8;

const providers: readonly Provider[] = [serviceProvider, bundledProvider, folderProvider, hubProvider];

/**
 * The configured embedder, with its vectors kept on disk unless the configuration says `cache: false`. Opens nothing yet: models load, and
 * services are asked, at the first text whose vector is not at hand. What goes wrong there is a `UserError` with exit code 4.
 */
export function openEmbedder(config: EmbedderConfig, context: EmbedderContext): Embedder {
  const provider = providers.find((candidate) => candidate.matches(config));
  if (provider === undefined) throw new UserError(`embedder model "${config.model}" is not known`);
  const cacheFolder = cacheFolderOf(config, context);
  const opened = provider.open(config, { ...context, cacheFolder });
  if (cacheFolder === undefined || context.anew === true) return opened.embedder;
  return cachedEmbedder(opened, {
    folder: path.join(cacheFolder, 'vectors'),
    onNotice: context.onNotice,
    // A service costs money, and says by a text of its own that it is the model of before.
    checked: opened.canary === undefined ? checkedVectors : 0,
  });
}

function cacheFolderOf(config: EmbedderConfig, context: EmbedderContext): string | undefined {
  if (config.cache === false) return undefined;
  return config.cache === undefined
    ? context.cacheFolder
    : path.resolve(context.workingDirectory, config.cache);
}
