import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportGold } from '../../../src/gold/export.ts';
import { loadGold } from '../../../src/gold/load.ts';
import { copyOfGoodSet, temporaryFolders } from './small-sets.ts';

const temporary = temporaryFolders();
const plain = { resolve: false, force: false };

test.each(['set/out.json', 'set/out.jsonl', 'set/out.yaml', 'set/three'])(
  '%s reads back with the same identity and questions',
  async (out) => {
    const folder = await temporary();
    await copyOfGoodSet(path.join(folder, 'set'));
    const before = await loadGold('set/gold.jsonl', { workingDirectory: folder });
    const exported = await exportGold('set/gold.jsonl', { ...plain, workingDirectory: folder, out });
    const after = await loadGold(out, { workingDirectory: folder, corpusRoot: 'set' });
    expect(exported).toMatchObject({
      sha256: before.sha256,
      from: before.sha256,
      questions: 3,
      withoutText: 1,
    });
    expect([after.sha256, after.questions]).toEqual([before.sha256, before.questions]);
  },
);

test('texts written in make a set that needs no documents and has another identity', async () => {
  const folder = await temporary();
  await copyOfGoodSet(path.join(folder, 'set'));
  const exported = await exportGold('set', {
    resolve: true,
    force: false,
    workingDirectory: folder,
    out: 'alone/gold_3.json',
  });
  const alone = await loadGold('alone/gold_3.json', { workingDirectory: folder });
  expect(exported.withoutText).toBe(0);
  expect(exported.sha256).not.toBe(exported.from);
  expect(alone.sha256).toBe(exported.sha256);
  expect(alone.questions[1]?.anchors[0]?.text).toContain('A rollback moves');
});

test('nothing is written over without force', async () => {
  const folder = await temporary();
  await copyOfGoodSet(path.join(folder, 'set'));
  await writeFile(path.join(folder, 'out.json'), 'mine');
  await expect(exportGold('set', { ...plain, workingDirectory: folder, out: 'out.json' })).rejects.toThrow(
    '"out.json" is there already',
  );
  expect(await readFile(path.join(folder, 'out.json'), 'utf8')).toBe('mine');
  await exportGold('set', { resolve: false, force: true, workingDirectory: folder, out: 'out.json' });
  expect(JSON.parse(await readFile(path.join(folder, 'out.json'), 'utf8'))).toHaveLength(3);
});

test('a set that does not load is not exported', async () => {
  const folder = await temporary();
  await writeFile(path.join(folder, 'gold.jsonl'), '{"id": "Q_1", "question": "What?"}\n');
  await expect(exportGold('.', { ...plain, workingDirectory: folder, out: 'out.json' })).rejects.toThrow(
    'has no anchor',
  );
  expect(await readdir(folder)).toEqual(['gold.jsonl']);
});
