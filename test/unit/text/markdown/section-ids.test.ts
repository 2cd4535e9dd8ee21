import * as fc from 'fast-check';
import GithubSlugger from 'github-slugger';
import { expect, test } from 'vitest';
import { sectionIds, slugOf } from '../../../../src/text/markdown/section-ids.ts';

const ascii = fc
  .array(
    fc.integer({ min: 32, max: 126 }).map((code) => String.fromCodePoint(code)),
    { minLength: 1, maxLength: 20 },
  )
  .map((all) => all.join(''));

test('ASCII headings have the ids that GitHub gives them, also where they come again', () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(ascii, fc.constantFrom('a', 'a-1', 'A', 'a 1')), { maxLength: 12 }),
      (written) => {
        const headings = written.map((heading) => heading.trim()).filter((heading) => slugOf(heading) !== '');
        const slugger = new GithubSlugger();
        expect(sectionIds(headings)).toEqual(headings.map((heading) => slugger.slug(heading)));
      },
    ),
  ));

test.each([
  ['Größe und Maß', 'größe-und-maß'],
  ['数据 索引', '数据-索引'],
  ['Ελληνικά', 'ελληνικά'],
  ['emoji 🚀 gone', 'emoji--gone'],
  ['H₂O and m²', 'h₂o-and-m²'],
  ['', 'section'],
  ['?!', 'section'],
])('the heading "%s" has the id "%s"', (heading, id) => {
  expect(sectionIds([heading])).toEqual([id]);
});
