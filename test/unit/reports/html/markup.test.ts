import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foreign, html, scriptJson } from '../../../../src/reports/html/markup.ts';
import { visible } from '../../../../src/reports/html/visible.ts';
import { hostileTexts } from '../../../support/verdicts.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileTexts));

test('a value in a template is text, in lists and where it is another template too', () => {
  const list = ['<b>', html`<i>${'&'}</i>`, 7, undefined, false] as const;
  expect(html`<p title="${'"\''}">${list}</p>`.markup).toBe(
    '<p title="&quot;&#39;">&lt;b&gt;<i>&amp;</i>7</p>',
  );
});

test('any text stays one text: no character of it can open a tag, end an attribute or begin a reference', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { markup } = foreign(text);
      expect(markup.startsWith('<bdi>') && markup.endsWith('</bdi>')).toBe(true);
      const inner = markup.slice('<bdi>'.length, -'</bdi>'.length);
      expect(inner).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/u);
      const references: Readonly<Record<string, string>> = {
        '&amp;': '&',
        '&lt;': '<',
        '&gt;': '>',
        '&quot;': '"',
        '&#39;': "'",
      };
      expect(inner.replaceAll(/&[^;]+;/gu, (reference) => references[reference]!)).toBe(visible(text));
    }),
  );
});

describe('a value as JSON in a script', () => {
  test('is read back as it was, and can neither end the script nor open a comment', () => {
    fc.assert(
      fc.property(
        fc.dictionary(anyText, fc.oneof(anyText, fc.double({ noNaN: true, noDefaultInfinity: true }))),
        (value) => {
          const { markup } = scriptJson(value);
          expect(markup).not.toMatch(/[<\u2028\u2029]|\p{Cs}/u);
          expect(JSON.parse(markup)).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });
});

test('what cannot be seen gets a picture', () => {
  expect(visible('a\0b\x1B[31m\x7F\x85\uD800\n\t')).toBe('a\u2400b\u241B[31m\u2421\uFFFD\uFFFD\n\t');
});
