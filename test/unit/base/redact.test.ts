import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, redactDeep, secretsOfHeader, secretsOfUrl } from '../../../src/base/redact.ts';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

describe('a redactor', () => {
  const secret = 'k3y/with+signs=? and "quotes"';
  const redact = createRedactor([secret]);

  test.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded with lower-case digits', encodeURIComponent(secret).toLowerCase().replace('k3y', 'k3y')],
    ['as a form value', new URLSearchParams({ q: secret }).toString().slice(2)],
    ['partly URL-encoded', encodeURI(secret)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in base64', base64(secret)],
    ['in base64 without padding', base64(secret).replace(/=+$/, '')],
    ['in url-safe base64', base64url(secret)],
    ['in URL-encoded base64', encodeURIComponent(base64(secret))],
  ])('takes a secret out %s', (_, form) => {
    expect(redact(`before ${form} after`)).toBe('before [redacted] after');
  });

  test('takes the longest of overlapping secrets out whole', () => {
    const redactAll = createRedactor(['abcd', 'abcd1234', '1234zyxw']);
    expect(redactAll('abcd1234')).toBe('[redacted]');
    expect(redactAll('abcd1234zyxw')).toBe('[redacted]');
    expect(redactAll('abcd 1234zyxw')).toBe('[redacted] [redacted]');
  });

  test('reads nothing in a secret as a pattern', () => {
    expect(createRedactor(['.*+?^${}()|[]\\/-'])('anything')).toBe('anything');
    expect(createRedactor(['a.c*'])('abcc a.c*')).toBe('abcc [redacted]');
  });

  test('leaves texts alone when there are no secrets, or only ones too short to be any', () => {
    expect(createRedactor([])('text')).toBe('text');
    expect(createRedactor(['', '1', 'abc'])('1 abc')).toBe('1 abc');
  });

  test('changes nothing the second time', () => {
    const redactMark = createRedactor(['redacted', 'secret99']);
    expect(redactMark(redactMark('secret99'))).toBe('[redacted]');
  });

  test('finds a secret inside a longer base64 text at every alignment', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 6, maxLength: 24 }),
        fc.string({ maxLength: 9 }),
        fc.string({ maxLength: 9 }),
        (inner, before, after) => {
          const redactInner = createRedactor([inner]);
          for (const encode of [base64, base64url]) {
            const redacted = redactInner(encode(before + inner + after));
            expect(
              Buffer.from(redacted.replaceAll('[redacted]', ''), 'base64').toString('utf8'),
            ).not.toContain(inner);
            expect(redacted).toContain('[redacted]');
          }
        },
      ),
    );
  });

  // Were it not, it would take minutes.
  test('is linear on a text made of nothing but hits', () => {
    expect(createRedactor(['aaaaaaaa'])('a'.repeat(2_000_000))).toBe('[redacted]');
  });
});

describe('redactDeep', () => {
  test('redacts strings and keys at any place, and keeps __proto__ a key', () => {
    const redact = createRedactor(['s3cret-value']);
    const value = JSON.parse(
      '{"a":["s3cret-value",1,null],"s3cret-value":true,"__proto__":{"b":"s3cret-value"}}',
    ) as unknown;
    expect(JSON.stringify(redactDeep(value, redact))).toBe(
      '{"a":["[redacted]",1,null],"[redacted]":true,"__proto__":{"b":"[redacted]"}}',
    );
  });
});

describe('the secrets of a URL', () => {
  test('are user, password and query values, as written and decoded', () => {
    expect(new Set(secretsOfUrl('https://me:p%40ss@host/a?key=va%20lue&empty=&q={{question}}'))).toEqual(
      new Set(['me', 'p%40ss', 'p@ss', 'va%20lue', 'va lue']),
    );
  });
  test('are none where there is no URL', () => expect(secretsOfUrl('not a url')).toEqual([]));
});

describe('the secrets of a header', () => {
  test.each([
    ['accept', 'application/json', []],
    ['Content-Type', 'text/plain', []],
    ['x-api-key', 'abc', ['abc']],
    ['authorization', 'Bearer abc', ['Bearer abc', 'abc']],
    [
      'authorization',
      `Basic ${base64('me:pass:word')}`,
      [`Basic ${base64('me:pass:word')}`, base64('me:pass:word'), 'me:pass:word', 'pass:word'],
    ],
    ['cookie', 'a=first; b=second', ['a=first; b=second', 'first', 'second']],
  ])('%s: %s', (name, value, secrets) => {
    expect(secretsOfHeader(name, value)).toEqual(secrets);
  });
});
