import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError, codeOf, exitCodes, messageOf } from '../base/errors.ts';

/** SHA-256 by file name, relative to the model's folder with forward slashes. */
export type FileHashes = Readonly<Record<string, string>>;

/** Without these a folder is no model in the layout of Transformers.js. */
export const requiredFiles = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model.onnx',
] as const;

/** These count where they are there. */
export const optionalFiles = [
  'special_tokens_map.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
  'onnx/model.onnx_data',
] as const;

/** Hashes every file that a model is loaded from. Throws a `UserError` (exit 4) where a required one is missing. */
export async function hashModelFiles(folder: string): Promise<FileHashes> {
  const hashes: Record<string, string> = {};
  for (const name of [...requiredFiles, ...optionalFiles]) {
    const hash = await hashFile(path.join(folder, name));
    if (hash !== undefined) hashes[name] = hash;
    else if (requiredFiles.some((required) => required === name)) {
      throw new UserError(`model file "${path.join(folder, name)}" is missing`, {
        hint: `a model folder has ${requiredFiles.join(', ')}`,
        exitCode: exitCodes.error,
      });
    }
  }
  return hashes;
}

/** SHA-256 of a file, read in pieces; undefined where there is none. Throws a `UserError` (exit 4) where it cannot be read. */
export async function hashFile(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      // A stream without an encoding yields buffers.
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw unreadable(file, error);
  }
  return hash.digest('hex');
}

/** A JSON file's value; undefined where there is no such file. Throws a `UserError` (exit 4) where it cannot be read or is no JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): UserError {
  return new UserError(`model file "${file}" cannot be read: ${messageOf(error)}`, {
    exitCode: exitCodes.error,
    cause: error,
  });
}
