import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { indexParts, isLeftover } from '../../arms/index/files.ts';
import type { IndexFiles } from '../../arms/index/format.ts';
import { replaceAtomically, syncFolder, toWriteError } from '../../base/files.ts';
import { lockFile } from '../../store/lock.ts';

const hint = 'make room, or name another folder with --out';

/**
 * Writes an index folder, or replaces one. A kill at any moment leaves the old index whole, or the new one: the new files stand beside the old
 * until `index.json`, which says by its hashes which of them count, is replaced in one step.
 */
export async function writeIndex(out: string, index: IndexFiles): Promise<void> {
  try {
    await mkdir(path.dirname(out), { recursive: true });
    const release = await lockFile(`${out}.lock`, `index "${out}"`);
    try {
      await ((await isEmpty(out)) ? buildBeside(out, index) : replaceInPlace(out, index));
    } finally {
      await release();
    }
  } catch (error) {
    throw toWriteError(out, error, hint);
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0;
}

async function buildBeside(out: string, { files }: IndexFiles): Promise<void> {
  const beside = `${out}.tmp`;
  try {
    // What a killed build left: nobody else has the lock.
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside);
    for (const [name, content] of files) await replaceAtomically(path.join(beside, name), content, hint);
    await rename(beside, out);
    await syncFolder(path.dirname(out));
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

async function replaceInPlace(out: string, { header, files }: IndexFiles): Promise<void> {
  const parts = indexParts(header);
  for (const { name, nameWithHash } of parts)
    await replaceAtomically(path.join(out, nameWithHash), files.get(name) ?? '', hint);
  await replaceAtomically(path.join(out, 'index.json'), files.get('index.json') ?? '', hint);
  for (const { name, nameWithHash } of parts)
    await rename(path.join(out, nameWithHash), path.join(out, name));
  for (const name of await readdir(out)) if (isLeftover(name)) await rm(path.join(out, name));
}
