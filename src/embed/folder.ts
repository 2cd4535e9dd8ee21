import { homedir } from 'node:os';
import path from 'node:path';
import { canonicalJson, sha256 } from '../base/canonical.ts';
import { localEmbedder, type CheckedModel } from './local-embedder.ts';
import { describeModel } from './model-description.ts';
import { hashModelFiles } from './model-files.ts';
import type { Provider } from './provider.ts';
import { runtimeVersion } from './runtime-version.ts';
import { folderPath } from './schema.ts';

/** A folder of the user's in the layout of Transformers.js. */
export const folderProvider: Provider = {
  matches: (config) => config.url === undefined && folderPath.test(config.model),
  open: (config, context) => {
    const folder = path.resolve(
      context.workingDirectory,
      config.model.replace(/^~(?=[\\/])/, context.environment['HOME'] ?? homedir()),
    );
    const check = (): Promise<CheckedModel> => checkFolder(folder, path.basename(folder));
    return {
      embedder: localEmbedder({ ...context, threads: config.threads, maxWindows: config.maxWindows, check }),
      cacheScope: runtimeVersion(),
    };
  },
};

/** Hashes and reads a model folder; its identity is the name and the hash of all its files' hashes. */
export async function checkFolder(folder: string, name: string): Promise<CheckedModel> {
  const hashes = await hashModelFiles(folder);
  const { dimensions, window } = await describeModel(folder);
  const id = `${name}@sha256:${sha256(canonicalJson(hashes))}`;
  const modelSha256 = 'onnx/model.onnx_data' in hashes ? undefined : hashes['onnx/model.onnx'];
  return { folder, modelSha256, identity: { id, dimensions, pooling: 'mean', window } };
}
