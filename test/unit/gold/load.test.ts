import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadGold } from '../../../src/gold/load.ts';
import { copyOfGoodSet, goodSet, root, temporaryFolders } from './small-sets.ts';

const temporary = temporaryFolders();
const reference = await loadGold(goodSet, { workingDirectory: root });

async function questionsOfGoodSet(): Promise<Record<string, unknown>[]> {
  const text = await readFile(path.join(goodSet, 'gold.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function loadWith(
  name: string,
  content: string | Uint8Array,
): Promise<Awaited<ReturnType<typeof loadGold>>> {
  const folder = await temporary();
  await copyOfGoodSet(path.join(folder, 'set'));
  await writeFile(path.join(folder, 'set', name), content);
  return loadGold(path.join('set', name), { workingDirectory: folder });
}

test('questions come sorted by id, with defaults filled in and anchors resolved', () => {
  expect(reference.questions.map(({ id }) => id)).toEqual(['Q_1', 'Q_2', 'Q_3']);
  expect(reference.questions[1]?.anchors[0]?.text).toBe(
    'A rollback moves the pointer back to Blue within two minutes.',
  );
  expect(reference.questions[2]).toMatchObject({ answerable: false, anchors: [], tags: [] });
  expect([...reference.documents.keys()]).toEqual(['docs/page.md']);
});

describe('the identity does not depend on the layout', () => {
  test('a JSON array', async () => {
    const loaded = await loadWith('gold.json', JSON.stringify(await questionsOfGoodSet(), undefined, '\t'));
    expect(loaded.sha256).toBe(reference.sha256);
    expect(loaded.questions).toEqual(reference.questions);
  });

  test('YAML', async () => {
    expect((await loadWith('set.yml', stringify((await questionsOfGoodSet()).reverse()))).sha256).toBe(
      reference.sha256,
    );
  });

  test('JSON Lines with a byte order mark, CRLF and blank lines', async () => {
    const text = await readFile(path.join(goodSet, 'gold.jsonl'), 'utf8');
    expect((await loadWith('windows.jsonl', `\uFEFF${text.replaceAll('\n', '\r\n\r\n')}`)).sha256).toBe(
      reference.sha256,
    );
  });

  test('three files joined by id, named by folder or by qa.jsonl', async () => {
    const folder = await temporary();
    const questions = await questionsOfGoodSet();
    const lines = (values: readonly object[]): string =>
      values.map((value) => `${JSON.stringify(value)}\n`).join('');
    await mkdir(path.join(folder, 'docs'));
    await writeFile(path.join(folder, 'docs/page.md'), await readFile(path.join(goodSet, 'docs/page.md')));
    await writeFile(
      path.join(folder, 'qa.jsonl'),
      lines(questions.map(({ anchors: _a, paraphrases: _p, ...rest }) => rest)),
    );
    await writeFile(
      path.join(folder, 'citations.jsonl'),
      lines(questions.map(({ id, anchors }) => ({ id, anchors: anchors ?? [] }))),
    );
    await writeFile(
      path.join(folder, 'paraphrases.jsonl'),
      lines(questions.map(({ id, paraphrases }) => ({ id, paraphrases })).reverse()),
    );
    expect((await loadGold('.', { workingDirectory: folder })).sha256).toBe(reference.sha256);
    expect((await loadGold('qa.jsonl', { workingDirectory: folder })).questions).toEqual(reference.questions);
  });
});

describe('documents', () => {
  const line = (anchor: object): string =>
    `${JSON.stringify({ id: 'Q_1', question: 'What?', anchors: [anchor] })}\n`;

  test('the corpus root comes first, then the folder of the set, which a path may name', async () => {
    const folder = await temporary();
    for (const [name, text] of [
      ['corpus/a.md', 'corpus'],
      ['set/a.md', 'inside'],
      ['set/b.md', 'inside'],
      ['set/gold.jsonl', ''],
      ['set/c.md', 'itself'],
    ] as const) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    const anchors = ['a.md', 'b.md', 'set/c.md'].map((source_url) => ({ source_url, offsets: [0, 6] }));
    await writeFile(
      path.join(folder, 'set/gold.jsonl'),
      `${JSON.stringify({ id: 'Q_1', question: 'What?', anchors })}\n`,
    );
    const loaded = await loadGold('set', { workingDirectory: folder, corpusRoot: 'corpus' });
    expect(loaded.questions[0]?.anchors.map(({ text }) => text)).toEqual(['corpus', 'inside', 'itself']);
  });

  test('a link that leaves the corpus is not followed', async () => {
    const folder = await temporary();
    await mkdir(path.join(folder, 'deep/set'), { recursive: true });
    await writeFile(path.join(folder, 'secret.md'), 'secret');
    await symlink(path.join(folder, 'secret.md'), path.join(folder, 'deep/set/page.md'));
    await writeFile(
      path.join(folder, 'deep/set/gold.jsonl'),
      line({ source_url: 'page.md', offsets: [0, 6] }),
    );
    await expect(loadGold('deep/set', { workingDirectory: folder })).rejects.toThrow(
      'is a link that leaves the corpus',
    );
  });

  test.each([
    [
      'the folder above the set',
      'beside.md',
      'is neither in the corpus root nor in the folder of the gold set',
    ],
    ['a hidden file', '.env', 'is hidden, and never read'],
    ['a file in a hidden folder', '.git/config', 'is hidden, and never read'],
    ['a hidden file by a link', 'page.md', 'is hidden, and never read'],
  ])('%s is not read, with a corpus root or without', async (_, source_url, why) => {
    const folder = await temporary();
    await mkdir(path.join(folder, 'set/.git'), { recursive: true });
    for (const name of ['beside.md', 'set/.env', 'set/.git/config'])
      await writeFile(path.join(folder, name), 'secret');
    await symlink('.env', path.join(folder, 'set/page.md'));
    await writeFile(path.join(folder, 'set/gold.jsonl'), line({ source_url, offsets: [0, 6] }));
    const options = { workingDirectory: folder };
    await expect(loadGold('set', options)).rejects.toThrow(why);
    await expect(loadGold('set', { ...options, corpusRoot: 'set' })).rejects.toThrow(why);
  });

  test('an anchor with text needs no document', async () => {
    const folder = await temporary();
    await writeFile(
      path.join(folder, 'gold.jsonl'),
      line({ source_url: 'https://example.org/a', offsets: [5, 9], text: 'text' }),
    );
    const loaded = await loadGold('.', { workingDirectory: folder });
    expect(loaded.questions[0]?.anchors).toEqual([
      { source_url: 'https://example.org/a', offsets: [5, 9], text: 'text' },
    ]);
    expect(loaded.documents.size).toBe(0);
  });
});
