import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, compareCodeUnits } from '../../../src/base/canonical.ts';
import { nearestName } from '../../../src/text/nearest.ts';
import { sanitizeForTerminal } from '../../../src/base/printable.ts';
import { decodeUtf8 } from '../../../src/base/utf8.ts';

test.each([
  ['basline', 'baseline'],
  ['HTTP', 'http'],
  ['concurency', 'concurrency'],
  ['goldd', 'gold'],
])('"%s" is near to "%s"', (written, name) => {
  expect(nearestName(written, ['gold', 'baseline', 'http', 'concurrency'])).toBe(name);
});

test('what is far from everything is near to nothing', () => {
  expect(nearestName('temperature', ['gold', 'baseline'])).toBeUndefined();
  expect(nearestName('x', [])).toBeUndefined();
});

test('canonical JSON does not depend on the order of keys or the Unicode form, and reads back', () => {
  expect(canonicalJson({ b: 1, a: [null, true, 'cafe\u0301'], c: undefined })).toBe(
    '{"a":[null,true,"café"],"b":1}',
  );
  expect(canonicalJson({ '\u{1F600}': 1, '\uFF5E': 2 })).toBe('{"\u{1F600}":1,"\uFF5E":2}');
  const shuffled = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toReversed())
      : value;
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.jsonValue()), (value) => {
      expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('s')])(
  'canonical JSON has no form for %s',
  (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  },
);

test('order by code units is that of JavaScript strings, not of a language', () => {
  expect(['b', 'a', 'Z', 'ä', '10', '9'].sort(compareCodeUnits)).toEqual(['10', '9', 'Z', 'a', 'b', 'ä']);
});

test.each([
  ['a\u001B[31mred\u0007', 'a·[31mred·'],
  ['::set-output name=x::y', ':·:set-output name=x:·:y'],
  ['right\u202Eleft', 'right·left'],
  ['two\r\nlines', 'two·lines'],
  ['lone \uD800', 'lone \uFFFD'],
])('a stranger’s text %j is shown as %j', (text, shown) => {
  expect(sanitizeForTerminal(text)).toBe(shown);
});

test('a long text is cut at whole code points', () => {
  expect(sanitizeForTerminal('😀'.repeat(10), 4)).toBe('😀😀😀…');
  expect(sanitizeForTerminal('abcd', 4)).toBe('abcd');
});

test('bytes that are no UTF-8 are told by their line', () => {
  expect(decodeUtf8(Buffer.from('a\nb\xE9\n', 'latin1'))).toMatchObject({ ok: false, line: 2 });
  expect(decodeUtf8(Buffer.from('a\n\nb\0'))).toMatchObject({ ok: false, line: 3 });
  expect(decodeUtf8(Buffer.from([0xff, 0xfe, 0x61, 0]))).toMatchObject({
    ok: false,
    line: 1,
    problem: 'is UTF-16 text',
  });
  expect(decodeUtf8(Buffer.from('\uFEFFcafé'))).toEqual({ ok: true, text: 'café' });
});
