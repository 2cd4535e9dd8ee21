import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkDocument, type MarkdownChunk } from '../../../../src/text/markdown/chunk.ts';
import { codePointText } from '../../../../src/text/code-points.ts';
import { tokenize } from '../../../../src/text/tokens.ts';

const handbook = path.resolve(import.meta.dirname, '../../../../gold/handbook');

function chunksOf(text: string, maxTokens?: number): MarkdownChunk[] {
  return chunkDocument({
    text,
    sourceUrl: 'docs/page.md',
    ...(maxTokens === undefined ? {} : { maxTokens }),
  });
}

function expectTrueChunks(text: string, chunks: readonly MarkdownChunk[]): void {
  const points = codePointText(text);
  const tokens = tokenize(text);
  for (const chunk of chunks) {
    expect(points.slice(...chunk.offsets)).toBe(chunk.text);
    expect(
      tokens
        .slice(...chunk.tokens)
        .every(({ start, end }) => start < chunk.offsets[1] && end > chunk.offsets[0]),
    ).toBe(true);
    expect(chunk.text.trim()).not.toBe('');
  }
  expect(new Set(chunks.map(({ snippet_id }) => snippet_id)).size).toBe(chunks.length);
  chunks
    .slice(1)
    .forEach((chunk, index) =>
      expect(chunk.offsets[0]).toBeGreaterThanOrEqual(chunks[index]?.offsets[1] ?? 0),
    );
}

describe('chunks of any text', () => {
  const line = fc.constantFrom(
    '# A',
    '## A',
    '### 🚀 b',
    'text one. And two!',
    '',
    '```',
    '~~~~',
    '| a | b |',
    '|---|---|',
    '- item',
    '===',
    '---',
    '  indented',
    'ünï 切换 🚀.',
    '\r',
    'x'.repeat(40),
  );

  test('are in order, and exactly the slices that they say', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 30 }),
        (lines, feed, maxTokens) => {
          const text = lines.join(feed);
          expectTrueChunks(text, chunksOf(text, maxTokens));
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) =>
        expectTrueChunks(text, chunksOf(text, 5)),
      ),
    );
  });

  test('hold every token outside headings, once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('one two. three', 'four!', '', '- five six', 'seven'), { maxLength: 30 }),
        (lines) => {
          const text = lines.join('\n');
          expect(
            chunksOf(text, 4).flatMap((chunk) => tokenize(chunk.text).map(({ token }) => token)),
          ).toEqual(tokenize(text).map(({ token }) => token));
        },
      ),
    );
  });
});

test('the shipped handbook: sections as GitHub names them, no chunk above 110 tokens, the same ids each time', () => {
  for (const name of readdirSync(handbook).filter((file) => file.endsWith('.md'))) {
    const text = readFileSync(path.join(handbook, name), 'utf8');
    const chunks = chunksOf(text);
    expectTrueChunks(text, chunks);
    expect(Math.max(...chunks.map(({ tokens }) => tokens[1] - tokens[0]))).toBeLessThanOrEqual(110);
    expect(chunksOf(text)).toEqual(chunks);
  }
});

test('a section is named by its heading, repeated ones with a number; the heading is not part of the text', () => {
  const chunks = chunksOf(
    'Before.\n\n# The Page: *one* & [two](x)!\n\nA.\n\nCafé `x_y`\n----------\n\nB.\n\n## ???\n\nC.\n\n## Café `x_y`\n\nD.\n',
  );
  expect(chunks.map(({ section_id, text }) => [section_id, text])).toEqual([
    ['page', 'Before.'],
    ['the-page-one--two', 'A.'],
    ['café-x_y', 'B.'],
    ['section', 'C.'],
    ['café-x_y-1', 'D.'],
  ]);
  expect(chunks[2]).toMatchObject({
    title: 'The Page: one & two!',
    heading: 'Café x_y',
    context: 'The Page: one & two!. Café x_y.',
  });
});

test('paragraphs are merged up to the limit and cut at sentence ends only above it', () => {
  const short = 'One two three.';
  const long = 'Four five six seven. Eight nine ten eleven. Twelve.';
  expect(chunksOf(`${short}\n\n${short}\n\n${long}`, 6).map(({ text }) => text)).toEqual([
    `${short}\n\n${short}`,
    'Four five six seven.',
    'Eight nine ten eleven. Twelve.',
  ]);
});

test('code fences and tables stay whole, headings in fences are none', () => {
  const fence = '```sh\n# not a heading\n\none two three four\n```';
  const table = '| a | b |\n|---|---|\n| one | two. three |';
  const chunks = chunksOf(`# T\n\nText.\n\n${fence}\n\n${table}`, 8);
  expect(chunks.map(({ text }) => text)).toEqual(['Text.', fence, table]);
});

test('front matter is no text, and a plain text file is one section', () => {
  expect(chunksOf('---\ntitle: x\n---\nBody.')).toMatchObject([
    { text: 'Body.', section_id: 'page', context: 'page.' },
  ]);
  expect(chunkDocument({ text: '# a\n\nb', sourceUrl: 'notes.txt' })).toMatchObject([
    { section_id: 'notes', text: '# a\n\nb' },
  ]);
});

test('the id changes with the text and not with what stands before it', () => {
  const [a, b] = [chunksOf('# T\n\nSame.')[0], chunksOf('Before.\n\n# T\n\nSame.')[1]];
  expect(a?.snippet_id).toMatch(/^S_[\da-f]{12}$/u);
  expect(b?.snippet_id).toBe(a?.snippet_id);
  expect(chunksOf('# T\n\nOther.')[0]?.snippet_id).not.toBe(a?.snippet_id);
});

test.each([
  ['one long line', 'word '.repeat(200_000)],
  ['dots', '.'.repeat(300_000)],
  ['open brackets in a heading', `# ${'['.repeat(50_000)}`],
  ['spaces in a heading', `# ${' '.repeat(100_000)}x`],
  ['headings', '## a\n\nb\n\n'.repeat(3000)],
  ['empty lines', '\n'.repeat(300_000)],
])(
  '%s are chunked in reasonable time',
  (_name, text) => {
    expect(chunksOf(text).length).toBeGreaterThanOrEqual(0);
  },
  10_000,
);
