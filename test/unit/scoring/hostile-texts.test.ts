import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepareAnchors } from '../../../src/scoring/coverage/anchors.ts';
import { coverage } from '../../../src/scoring/coverage/coverage.ts';
import { isRefusal } from '../../../src/scoring/refusals/refusal.ts';
import { defaultScoring } from '../../../src/scoring/scoring-options.ts';
import { eachTokenText, tokenize } from '../../../src/text/tokens.ts';
import { hasToolLoop } from '../../../src/scoring/tool-loop.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);

function textsOf(text: string): string[] {
  const texts: string[] = [];
  eachTokenText(text, (token) => texts.push(token));
  return texts;
}

describe('any text', () => {
  test('has the same tokens with and without their positions, each within the text and never going back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = tokenize(text);
        expect(tokens.map(({ token }) => token)).toEqual(textsOf(text));
        let previous = 0;
        for (const { start, end } of tokens) {
          expect(start).toBeGreaterThanOrEqual(Math.max(0, previous - 64));
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual([...text].length);
          previous = start;
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('covers itself wholly by its place, and by alignment', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const length = [...text].length;
        const anchor = { source_url: 'a.md', offsets: [0, length], text } as const;
        const tokens = tokenize(text).length;
        const whole = tokens === 0 ? undefined : 1;
        expect(coverage(prepareAnchors([anchor], new Map([['a.md', text]])), [{ ...anchor }]).coverage).toBe(
          whole,
        );
        expect(coverage(prepareAnchors([anchor]), [{ text }]).coverage).toBe(whole);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }).map((list) => list.join(' '));

describe('coverage', () => {
  test('by alignment is what a search of every run finds', () => {
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 4 }), (anchor, snippets) => {
        const { covered } = coverage(
          prepareAnchors([{ text: anchor }]),
          snippets.map((text) => ({ text })),
        );
        expect(covered).toBe(coveredBySearch(anchor, snippets));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test('never falls when a snippet is added, and does not depend on their order', () => {
    fc.assert(
      fc.property(words, fc.array(words, { minLength: 1, maxLength: 5 }), (anchor, texts) => {
        const prepared = prepareAnchors([{ text: anchor }]);
        const snippets = texts.map((text) => ({ text }));
        const all = coverage(prepared, snippets);
        expect(all.covered).toBeGreaterThanOrEqual(coverage(prepared, snippets.slice(1)).covered);
        expect(coverage(prepared, [...snippets].reverse())).toEqual(all);
      }),
      { seed: 4 },
    );
  });

  test('of an anchor without any token is not measured', () => {
    expect(coverage(prepareAnchors([{ text: '…' }]), [{ text: 'a' }])).toEqual({
      covered: 0,
      tokens: 0,
      mode: 'aligned',
      findings: [],
    });
  });

  test('takes offsets that are no integers as invalid', () => {
    const prepared = prepareAnchors([{ text: 'one two', source_url: 'a.md', offsets: [0, 7] }]);
    for (const offsets of [
      [Number.NaN, 7],
      [0, Infinity],
      [0.5, 7],
      [0, 2 ** 60],
    ] as const) {
      expect(coverage(prepared, [{ text: 'one two', source_url: 'a.md', offsets }]).findings).toEqual([
        { code: 'offsets_invalid' },
      ]);
    }
  });

  test('tells of a text that is not its slice in a document of another source, and covers nothing by it', () => {
    const prepared = prepareAnchors(
      [{ text: 'one two', source_url: 'a.md', offsets: [0, 7] }],
      new Map([['b.md', 'other words']]),
    );
    const { covered, mode, findings } = coverage(prepared, [
      { text: 'one two', source_url: 'b.md', offsets: [0, 7] },
    ]);
    expect({ covered, mode, findings }).toEqual({
      covered: 0,
      mode: 'exact',
      findings: [{ code: 'offsets_disagree' }],
    });
  });

  test('finds the right one of two documents by a section name that both have', () => {
    const documents = new Map([
      ['a.md', 'one two three'],
      ['b.md', 'four five six'],
    ]);
    const anchors = [
      { source_url: 'a.md', section_id: 'intro', offsets: [0, 13] },
      { source_url: 'b.md', section_id: 'intro', offsets: [0, 13] },
    ] as const;
    const { covered, mode, findings } = coverage(prepareAnchors(anchors, documents), [
      { section_id: 'intro', offsets: [0, 8], text: 'four five'.slice(0, 8) },
    ]);
    expect({ covered, mode, findings }).toEqual({ covered: 1, mode: 'exact', findings: [] });
  });

  test.each([
    ['one word over and over', 'a '.repeat(125_000)],
    ['two words over and over', 'a b '.repeat(60_000)],
    ['a letter under ever so many marks', `a${'\u0301\u0323'.repeat(60_000)}`],
    ['Han without a space', '漢字'.repeat(60_000)],
    ['lone surrogates', '\ud800a\udc00'.repeat(200_000)],
    ['ligatures that grow', '\ufdfa'.repeat(30_000)],
  ])(
    'of a large text takes seconds at most: %s',
    (_, text) => {
      const result = coverage(prepareAnchors([{ text }]), [{ text }, { text }]);
      expect(result.covered).toBe(result.tokens);
    },
    20_000,
  );

  test('takes 10,000 snippets', () => {
    const anchor = {
      text: 'a '.repeat(2000),
      source_url: 'a.md',
      section_id: 's',
      offsets: [0, 4000],
    } as const;
    const snippets = Array.from({ length: 10_000 }, (_, index) => ({
      text: 'a '.repeat(20),
      source_url: 'a.md',
      ...(index % 2 === 0 && { offsets: [index % 3900, (index % 3900) + 40] as const }),
    }));
    expect(coverage(prepareAnchors([anchor]), snippets).covered).toBe(2000);
  }, 20_000);
});

function coveredBySearch(anchor: string, snippets: readonly string[]): number {
  const tokens = anchor.split(' ').filter(Boolean);
  const size = Math.min(5, tokens.length);
  const covered = new Set<number>();
  for (let start = 0; size > 0 && start + size <= tokens.length; start += 1) {
    const run = ` ${tokens.slice(start, start + size).join(' ')} `;
    if (snippets.some((snippet) => ` ${snippet} `.includes(run)))
      for (let at = start; at < start + size; at += 1) covered.add(at);
  }
  return covered.size;
}

test('tool calls with arguments nested beyond the stack are compared without an error', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(hasToolLoop([{ name: 'search', arguments: deep }], defaultScoring.toolLoop)).toBe(false);
});

describe('a refusal', () => {
  test.each([
    'I don’t know.',
    'I DO NOT KNOW who won.',
    "I'm sorry, but I couldn't find that in the handbook.",
    'Sorry. The provided context does not contain any information about football.',
    'The documents do not mention it. This question cannot be answered.',
    'We are unable to answer that.',
  ])('is: %s', (answer) => {
    expect(isRefusal(answer, defaultScoring.refusalPhrases)).toBe(true);
  });

  test.each([
    '',
    'Flip the alias.',
    'When an arm is unable to answer, the call is a fault.',
    'Freeze the jobs. Flip the alias. Whether caches follow, I do not know.',
    'Databases are out of scope for the freeze.',
    'Kiwi do not knowingly fly.',
  ])('is not: %s', (answer) => {
    expect(isRefusal(answer, defaultScoring.refusalPhrases)).toBe(false);
  });

  test('is recognised by a configured phrase in any script, and an empty phrase means nothing', () => {
    expect(isRefusal('抱歉，我不知道。', ['我不知道'])).toBe(true);
    expect(isRefusal('Anything', ['', ' … '])).toBe(false);
  });

  test('is looked for at the start of a long answer only', () => {
    expect(isRefusal(`${'word '.repeat(2_000_000)}I do not know`, defaultScoring.refusalPhrases)).toBe(false);
  });
});
