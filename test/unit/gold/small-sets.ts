import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';

export const root = path.resolve(import.meta.dirname, '../../..');
/** Three questions over one document; `gold.jsonl`. */
export const goodSet = path.join(root, 'test/fixtures/gold-good');

/** A way to make empty folders that are gone after each test. */
export function temporaryFolders(): () => Promise<string> {
  const made: string[] = [];
  afterEach(async () => {
    for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-gold-'));
    made.push(folder);
    return folder;
  };
}

export async function copyOfGoodSet(folder: string): Promise<string> {
  await cp(goodSet, folder, { recursive: true });
  return folder;
}

/** Vectors that count words by a hash: texts that share words are near. */
export async function wordVectors(texts: readonly string[]): Promise<readonly Float32Array[]> {
  return texts.map((text) => {
    const vector = new Float32Array(256);
    for (const word of text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []) {
      const hash = Array.from(word).reduce(
        (sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973,
        7,
      );
      vector[hash % 256] = (vector[hash % 256] ?? 0) + 1;
    }
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  });
}
