import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { indexParts } from '../../../../src/arms/index/files.ts';
import { readIndex } from '../../../../src/arms/index/format.ts';
import { writeIndex } from '../../../../src/cli/index-build/write-index.ts';
import { lockFile } from '../../../../src/store/lock.ts';
import { inFolder } from '../../../support/cli.ts';
import { syntheticIndex } from '../../../support/synthetic-index.ts';

const names = ['chunks.jsonl', 'index.json', 'vectors.bin'];

async function versionIn(out: string): Promise<string | undefined> {
  return (await readIndex(out)).chunks[0]?.text;
}

test('an index is written, and replaced by another one, and nothing else is left', () =>
  inFolder(async (folder) => {
    const out = path.join(folder, 'deep', 'index');
    for (const version of [1, 2, 2]) {
      await writeIndex(out, syntheticIndex(version));
      expect([await versionIn(out), (await readdir(out)).toSorted()]).toEqual([`version ${version}`, names]);
    }
    expect(await readdir(path.dirname(out))).toEqual(['index']);
  }));

test('an empty folder becomes an index', () =>
  inFolder(async (folder) => {
    await mkdir(path.join(folder, 'index'));
    await writeIndex(path.join(folder, 'index'), syntheticIndex(1));
    expect(await readdir(folder)).toEqual(['index']);
  }));

test('after every step of a replacement that was stopped the old index reads back whole, or the new one', () =>
  inFolder(async (folder) => {
    const out = path.join(folder, 'index');
    await writeIndex(out, syntheticIndex(1));
    const next = syntheticIndex(2);
    const put = (name: string, as: string): Promise<void> =>
      writeFile(path.join(out, as), next.files.get(name)!);
    const steps: (() => Promise<void>)[] = [];
    for (const { name, nameWithHash } of indexParts(next.header)) steps.push(() => put(name, nameWithHash));
    steps.push(() => put('index.json', 'index.json'));
    for (const { name, nameWithHash } of indexParts(next.header))
      steps.push(() => rename(path.join(out, nameWithHash), path.join(out, name)));
    const seen: unknown[] = [];
    for (const step of steps) {
      await step();
      seen.push(await versionIn(out));
    }
    expect(seen).toEqual(['version 1', 'version 1', 'version 2', 'version 2', 'version 2']);
  }));

test('two builds of one index at a time are refused', () =>
  inFolder(async (folder) => {
    const out = path.join(folder, 'index');
    const release = await lockFile(`${out}.lock`, 'the test');
    await expect(writeIndex(out, syntheticIndex(1))).rejects.toThrow(`index "${out}" is in use by process`);
    await release();
  }));

const writer = fileURLToPath(new URL('../../../support/index-writer.ts', import.meta.url));
const kills = Number(process.env['FLIPGATE_TEST_KILLS'] ?? 4);

test(
  `after ${kills} kills an index reads back whole, and the next build leaves nothing of them`,
  () =>
    inFolder(async (folder) => {
      const out = path.join(folder, 'index');
      for (let kill = 0; kill < kills; kill += 1) {
        const child = spawn(process.execPath, ['--import', 'tsx', writer, out, String(100 * kill)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await once(child.stdout, 'data');
        // Anywhere within the next replacements.
        setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
        await once(child, 'close');
        expect(await versionIn(out)).toMatch(/^version \d+$/u);
      }
      await writeIndex(out, syntheticIndex(1));
      expect([await versionIn(out), (await readdir(out)).toSorted()]).toEqual(['version 1', names]);
      expect(await readdir(folder)).toEqual(['index']);
    }),
  120_000,
);
