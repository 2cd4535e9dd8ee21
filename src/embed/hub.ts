import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { checkFolder } from './folder.ts';
import { localEmbedder, type CheckedModel } from './local-embedder.ts';
import { optionalFiles, requiredFiles } from './model-files.ts';
import type { Provider, ProviderContext } from './provider.ts';
import { runtimeVersion } from './runtime-version.ts';
import { bundledModel, hubId } from './schema.ts';

interface HubModel {
  /** `owner/name`. */
  readonly id: string;
  readonly revision: string;
}

/** A model of the Hugging Face hub, named by the user: fetched once into the cache folder, from then on a local folder. */
export const hubProvider: Provider = {
  matches: (config) => config.url === undefined && config.model !== bundledModel && hubId.test(config.model),
  open: (config, context) => {
    const [id = '', revision = 'main'] = config.model.split('@');
    const check = async (): Promise<CheckedModel> =>
      checkFolder(await fetched({ id, revision }, context), config.model);
    return {
      embedder: localEmbedder({ ...context, threads: config.threads, maxWindows: config.maxWindows, check }),
      cacheScope: runtimeVersion(),
    };
  },
};

async function fetched(model: HubModel, context: ProviderContext): Promise<string> {
  if (context.cacheFolder === undefined) {
    throw new UserError(
      `embedder model "${model.id}" comes from the hub and needs a cache to be kept in, but "cache" is false`,
      {
        hint: 'give a folder as "cache", or download the model and name its folder',
        exitCode: exitCodes.error,
      },
    );
  }
  const folder = path.join(context.cacheFolder, 'hub', model.id, encodeURIComponent(model.revision));
  if (await exists(folder)) return folder;
  const temporary = `${folder}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    for (const name of [...requiredFiles, ...optionalFiles])
      await fetchFile(fileUrl(model, name, context), path.join(temporary, name));
    await rename(temporary, folder).catch(async (error: unknown) => {
      // Another process may have been faster.
      if (!(await exists(folder))) throw error;
    });
  } catch (error) {
    throw notFetched(model, error);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
  return folder;
}

interface HubFile {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly required: boolean;
}

function fileUrl({ id, revision }: HubModel, name: string, { environment }: ProviderContext): HubFile {
  const hub = environment['HF_ENDPOINT'] ?? 'https://huggingface.co';
  const token = environment['HF_TOKEN'];
  return {
    url: `${hub.replace(/\/+$/, '')}/${id}/resolve/${encodeURIComponent(revision)}/${name}`,
    headers: token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` },
    required: requiredFiles.some((required) => required === name),
  };
}

async function fetchFile({ url, headers, required }: HubFile, file: string): Promise<void> {
  const response = await fetch(url, { headers });
  if (response.status === 404 && !required) {
    await response.body?.cancel();
    return;
  }
  if (!response.ok || response.body === null) throw new Error(`${url}: HTTP status ${response.status}`);
  await mkdir(path.dirname(file), { recursive: true });
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

function notFetched(model: HubModel, error: unknown): UserError {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return new UserError(
    `embedder model "${model.id}" cannot be fetched from the hub: ${messageOf(error)}${cause}`,
    {
      hint: `needs the network once, and ONNX files; for a folder write "./${model.id}"`,
      exitCode: exitCodes.error,
      cause: error,
    },
  );
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
