import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../base/canonical.ts';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { packageRoot } from '../base/folders.ts';
import { localEmbedder, type CheckedModel } from './local-embedder.ts';
import { hashFile } from './model-files.ts';
import { describeModel } from './model-description.ts';
import type { Provider } from './provider.ts';
import { runtimeVersion } from './runtime-version.ts';
import { bundledModel } from './schema.ts';

/** SHA-256 of the shipped list of hashes: so the identity, which names one file's hash, stands for all of them. */
const listSha256 = '5c81a43eba6fc2e58c68b09821dbb6141c6a3c555e6050d8f1a64eac22605eff';

const reinstall = 'the installation is damaged: install flipgate again';

/** The model that ships with the program, every byte of it checked. */
export const bundledProvider: Provider = {
  matches: (config) => config.url === undefined && config.model === bundledModel,
  open: (config, context) => {
    const folder = context.bundledFolder ?? path.join(packageRoot(), 'models', bundledModel);
    return {
      embedder: localEmbedder({
        ...context,
        threads: config.threads,
        maxWindows: config.maxWindows,
        check: () => checkBundled(folder),
      }),
      cacheScope: runtimeVersion(),
    };
  },
};

async function checkBundled(folder: string): Promise<CheckedModel> {
  const expected = await shippedHashes(path.join(folder, 'SHA256SUMS'));
  for (const [name, hash] of expected)
    requireSame(path.join(folder, name), hash, await hashFile(path.join(folder, name)));
  const modelSha256 = expected.get('onnx/model.onnx') ?? '';
  const { dimensions, window } = await describeModel(folder);
  return {
    folder,
    modelSha256,
    identity: { id: `${bundledModel}@sha256:${modelSha256}`, dimensions, pooling: 'mean', window },
  };
}

async function shippedHashes(file: string): Promise<ReadonlyMap<string, string>> {
  const list = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`model file "${file}" cannot be read: ${messageOf(error)}`, {
      hint: reinstall,
      exitCode: exitCodes.error,
      cause: error,
    });
  });
  requireSame(file, listSha256, sha256(list));
  const lines = list.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

function requireSame(file: string, expected: string, found: string | undefined): void {
  if (found === expected) return;
  const message =
    found === undefined
      ? `model file "${file}" is missing (expected SHA-256 ${expected})`
      : `model file "${file}" is not the one that was shipped: expected SHA-256 ${expected}, found ${found}`;
  throw new UserError(message, { hint: reinstall, exitCode: exitCodes.error });
}
