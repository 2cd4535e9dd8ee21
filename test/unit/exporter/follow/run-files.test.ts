import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256 } from '../../../../src/base/canonical.ts';
import { RunFiles } from '../../../../src/exporter/follow/run-files.ts';
import type { JudgedRecord } from '../../../../src/gates/verdict.ts';
import { recordedFiles, runFolder, type RunFolder } from '../../../../src/store/run-folder.ts';
import { emptyStore, runId } from '../../../support/store-files.ts';

/** A run with three files, and how they stood when it was judged. */
async function judgedRun(): Promise<{ readonly folder: RunFolder; readonly judged: JudgedRecord }> {
  const folder = runFolder(await emptyStore(), runId());
  await mkdir(folder.path);
  const files: Record<string, JudgedRecord['files'][string]> = {};
  for (const [name, file] of Object.entries(recordedFiles(folder))) {
    await writeFile(file, `{"of": "${name}"}\n`);
    const { size, mtimeMs } = await stat(file);
    files[name] = { sha256: sha256(`{"of": "${name}"}\n`), bytes: size, modified: mtimeMs };
  }
  return { folder, judged: { sha256: 'r', files } };
}

async function touch(folder: RunFolder): Promise<void> {
  for (const file of Object.values(recordedFiles(folder))) await utimes(file, 1, 1);
}

test('files of the size and time that they had are not read', async () => {
  const { folder, judged } = await judgedRun();
  const otherwise = Object.fromEntries(
    Object.entries(judged.files).map(([name, file]) => [name, { ...file, sha256: 'never looked at' }]),
  );
  expect(new RunFiles().damage(folder, { ...judged, files: otherwise })).toBeUndefined();
});

test('all files of another time are read at once, and hold when that was done', async () => {
  const { folder, judged } = await judgedRun();
  await touch(folder);
  const files = new RunFiles();
  expect(files.damage(folder, judged)).toMatch(/is being checked/u);
  await files.settled();
  expect(files.damage(folder, judged)).toBeUndefined();
});

test('an edit of the same length is found by its time, and read', async () => {
  const { folder, judged } = await judgedRun();
  const files = new RunFiles();
  await writeFile(folder.scores, '{"OF": "scores.jsonl"}\n');
  await utimes(folder.scores, 1, 1);
  expect(files.damage(folder, judged)).toMatch(/is being checked/u);
  await files.settled();
  expect(files.damage(folder, judged)).toMatch(/scores\.jsonl" is not what was judged/u);
});

test('another length and a missing file are seen at once, while others are being checked', async () => {
  const { folder, judged } = await judgedRun();
  await touch(folder);
  const files = new RunFiles();
  await writeFile(folder.scores, 'more than it was, and longer');
  expect(files.damage(folder, judged)).toMatch(/scores\.jsonl" is not what was judged/u);
  await rm(folder.scores);
  expect(files.damage(folder, judged)).toMatch(/scores\.jsonl" is missing/u);
});
