import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  embeddedText,
  indexFiles,
  indexHash,
  readIndex,
  type IndexChunk,
} from '../../../../src/arms/index/format.ts';

const chunks: readonly IndexChunk[] = [
  {
    snippet_id: 'S_1',
    section_id: 'flip',
    source_url: 'a.md',
    offsets: [8, 13],
    tokens: [1, 2],
    text: 'Flip.',
    title: 'T',
    heading: 'Flip',
    context: 'T. Flip.',
  },
  { snippet_id: 'S_2', text: 'Back 🚀' },
];
const parts = {
  chunks,
  vectors: [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8)],
  createdFrom: { prefix: 'docs', documents: [{ source_url: 'docs/a.md', sha256: 'ab' }] },
  embedder: { id: 'words@1', dimensions: 2, pooling: 'mean', window: 0 },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-index-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(): Promise<string> {
  const index = path.join(folder, 'index');
  await mkdir(index);
  for (const [name, content] of indexFiles(parts).files) await writeFile(path.join(index, name), content);
  return index;
}

test('an index folder reads back as it was written', async () => {
  const index = await readIndex(await written());
  expect(index.chunks).toEqual(chunks);
  expect(index.vectors).toEqual(parts.vectors);
  expect(index.header).toEqual(indexFiles(parts).header);
  expect(index.header?.index_hash).toBe(indexHash(chunks));
});

test('a file of chunks alone has no vectors and no header; CRLF and blank lines do no harm', async () => {
  const file = path.join(folder, 'chunks.jsonl');
  await writeFile(file, `\uFEFF${chunks.map((chunk) => JSON.stringify(chunk)).join('\r\n\r\n')}\r\n`);
  expect(await readIndex(file)).toEqual({ chunks });
});

test('the context stands in front of what is embedded', () => {
  expect(chunks.map(embeddedText)).toEqual(['T. Flip. Flip.', 'Back 🚀']);
});

describe('a folder whose files do not belong together is refused', () => {
  test.each(['chunks.jsonl', 'vectors.bin'])('%s', async (name) => {
    const index = await written();
    const file = path.join(index, name);
    const bytes = await readFile(file);
    if (name === 'vectors.bin') bytes[3] = (bytes[3] ?? 0) ^ 1;
    await writeFile(file, name === 'vectors.bin' ? bytes : bytes.toString('utf8').replace('Flip.', 'Flop.'));
    await expect(readIndex(index)).rejects.toThrow(
      `"${name}" of index "${index}" is not the one that its index.json describes`,
    );
  });

  test('a header of another version', async () => {
    const index = await written();
    const file = path.join(index, 'index.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('flipgate.index/1', 'flipgate.index/2'));
    await expect(readIndex(index)).rejects.toThrow('is not an index header that this version reads');
  });
});

test.each([
  ['{"snippet_id": "S_1", "text": ""}', '"text" is not a text that is not empty'],
  ['{"text": "x"}', '"snippet_id" is not a text'],
  [
    '{"snippet_id": "S_1", "text": "x", "offsets": [3, 1]}',
    '"offsets" is not a start that is not after the end',
  ],
  ['[]', 'the line is not an object with snippet_id and text'],
  ['{"snippet_id"', 'expected one JSON object on the line'],
  ['{"snippet_id": "S_0", "text": "x"}', 'snippet_id "S_0" is on line 1 too'],
])('a line that is no chunk is named: %s', async (line, message) => {
  const file = path.join(folder, 'chunks.jsonl');
  await writeFile(file, `{"snippet_id": "S_0", "text": "x"}\n${line}\n`);
  await expect(readIndex(file)).rejects.toThrow(`${file}:2: ${message}`);
});
