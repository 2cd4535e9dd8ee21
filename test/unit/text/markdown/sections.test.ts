import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { expect, test } from 'vitest';
import { sectionsOf } from '../../../../src/text/markdown/sections.ts';

type Headings = readonly (readonly [level: number, text: string])[];

function ours(text: string): Headings {
  return sectionsOf(text).flatMap(({ level, heading }) =>
    level === 0 ? [] : [[level, heading ?? ''] as const],
  );
}

interface MarkdownNode {
  readonly type: string;
  readonly depth?: number | undefined;
  readonly value?: string | undefined;
  readonly alt?: string | null | undefined;
  readonly children?: readonly MarkdownNode[] | undefined;
}

function wordsOf({ value, alt, children = [] }: MarkdownNode): string {
  return value ?? alt ?? children.map(wordsOf).join('');
}

/** The headings that stand outside of lists and quotes, by the reference parser of CommonMark in JavaScript. */
function reference(text: string): Headings {
  const root: MarkdownNode = fromMarkdown(text);
  return (root.children ?? []).flatMap((node) =>
    node.type === 'heading' ? [[node.depth ?? 0, wordsOf(node).trim()] as const] : [],
  );
}

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const documents = ['.', 'docs', 'gold/handbook', 'examples']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) =>
      path.join(folder, name),
    ),
  )
  .filter((name) => name.endsWith('.md'));

test('the documents of this repository have the headings that a CommonMark parser finds', () => {
  expect(documents.length).toBeGreaterThan(15);
  for (const name of documents) {
    const text = readFileSync(path.join(root, name), 'utf8');
    expect(ours(text), name).toEqual(reference(text));
  }
});

test.each([
  ['a version with its date', '1.1.4 / 2022-04-14\n=====\n\ntext\n'],
  ['a number with a bracket', '7)seven\n---\n'],
  ['a list item, which is none', '1. one\n---\n'],
  ['a negative number', '-1 degree\n---\n'],
  ['an image in a link', '# dequal [![CI](https://x.test/a.svg)](https://x.test/b)\n'],
  ['a link and code', '## `flipgate run`, see [the docs](docs/run.md)\n'],
  ['closing marks', '## two ##\n### three ##x\n'],
  ['no space', '#five\n'],
  ['seven marks', '####### seven\n'],
  ['a fence that is open to the end', '```\n# one\n'],
  ['a tilde fence with backticks in it', '~~~\n```\n# one\n~~~\n# two\n'],
  ['Windows line ends', '# one\r\n\r\ntwo\r\n---\r\n'],
])('headings are found as a CommonMark parser does: %s', (_, text) => {
  expect(ours(text)).toEqual(reference(text));
});

const word = fc.constantFrom('alpha', 'Béta', '数据', '1.2', '(three)', 'naïve', '`code`', '**bold**');
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '));
const block = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 7 }), words).map(([level, text]) => `${'#'.repeat(level)} ${text}`),
  fc.tuple(fc.integer({ min: 1, max: 6 }), words).map(([level, text]) => `${'#'.repeat(level)} ${text} ##`),
  words,
  fc.tuple(words, fc.constantFrom('===', '---')).map((lines) => lines.join('\n')),
  fc
    .tuple(fc.constantFrom('```', '~~~', '````'), words)
    .map(([mark, text]) => `${mark}\n# ${text}\n\n${mark}`),
  fc.constantFrom('---', '***', '* * *', '#', '- item\n- item', '1. one\n2. two', '> quoted'),
);

test('generated documents have the headings that a CommonMark parser finds', () =>
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
      const text = `start\n\n${blocks.join('\n\n')}\n`;
      expect(ours(text)).toEqual(reference(text));
    }),
    { numRuns: 300 },
  ));
