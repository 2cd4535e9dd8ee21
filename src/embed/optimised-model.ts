import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { canonicalJson, sha256 } from '../base/canonical.ts';
import { hashFile, readJson } from './model-files.ts';
import { libraryFile, runtimeVersion } from './runtime-version.ts';

/** What a copy is made from, and by what. */
interface Origin {
  /** SHA-256 of the model file. */
  readonly source: string;
  readonly runtime: string;
}

const proof = z.object({ source: z.string(), runtime: z.string(), sha256: z.string() });
const longestMilliseconds = 60_000;

/** Runs in a process of its own: folding takes 400 MB for a moment, which the caller's process never gets to hold. */
const program = `const [library, model, copy] = process.argv.slice(1);
const runtime = require('node:module').createRequire(library)('onnxruntime-node');
runtime.InferenceSession.create(model, { executionProviders: ['cpu'], optimizedModelFilePath: copy, logSeverityLevel: 3 })
  .then(() => process.exit(0), () => process.exit(1));`;

/**
 * The folder of a copy of a model in which the runtime has already folded the constants: loading it takes 150 MB less memory and half the
 * time, and its vectors are equal bit for bit. It is made at the first call and checked by its SHA-256 at every later one; a missing or wrong
 * one is made anew. Undefined where that cannot be done: then the model itself is to be loaded.
 */
export async function optimisedFolder(
  folder: string,
  modelSha256: string,
  cacheFolder: string,
): Promise<string | undefined> {
  const origin: Origin = { source: modelSha256, runtime: runtimeVersion() };
  const copy = path.join(cacheFolder, 'models', sha256(canonicalJson(origin)).slice(0, 32));
  if (await isSound(copy, origin)) return copy;
  const temporary = `${copy}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await makeCopy(folder, temporary, origin);
    await rm(copy, { recursive: true, force: true });
    await rename(temporary, copy);
  } catch {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
  // Another process may have been faster, so what counts is what lies there now.
  return (await isSound(copy, origin)) ? copy : undefined;
}

async function isSound(copy: string, expected: Origin): Promise<boolean> {
  const found = proof.safeParse(await readJson(path.join(copy, 'proof.json')).catch(() => undefined));
  if (!found.success || found.data.source !== expected.source || found.data.runtime !== expected.runtime)
    return false;
  return (await hashFile(path.join(copy, 'onnx', 'model.onnx')).catch(() => undefined)) === found.data.sha256;
}

async function makeCopy(folder: string, copy: string, origin: Origin): Promise<void> {
  const file = path.join(copy, 'onnx', 'model.onnx');
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(path.join(folder, 'config.json'), path.join(copy, 'config.json'));
  const source = path.join(folder, 'onnx', 'model.onnx');
  await promisify(execFile)(process.execPath, ['-e', program, libraryFile(), source, file], {
    timeout: longestMilliseconds,
  });
  await writeFile(path.join(copy, 'proof.json'), canonicalJson({ ...origin, sha256: await hashFile(file) }));
}
