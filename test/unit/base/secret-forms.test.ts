import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/base/canonical.ts';
import { createRedactor } from '../../../src/base/redact.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');
const base64 = (text: string): string => bytesOf(text).toString('base64');
const inLines = (text: string, end: string): string => text.replaceAll(/(.{76})(?!$)/gsu, `$1${end}`);
const percentAll = (text: string): string =>
  bytesOf(text)
    .toString('hex')
    .replaceAll(/../gu, (byte, at: number) => `%${at % 4 === 0 ? byte : byte.toUpperCase()}`);
const escapedAll = (text: string): string =>
  text.replaceAll(/[\s\S]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit, index) => {
        const digits = unit.toString(16).padStart(4, '0');
        return `\\u${index % 2 === 0 ? digits : digits.toUpperCase()}`;
      })
      .join(''),
  );
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** A secret as whoever was given it may hand it on. */
const forms: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (secret) =>
    encodeURIComponent(secret).replaceAll(/%../gu, (byte) => byte.toLowerCase()),
  'percent-encoded whole, in either case': percentAll,
  'percent-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'as a form value': (secret) => new URLSearchParams({ q: secret }).toString().slice(2),
  'in JSON': inJson,
  'in JSON within JSON': (secret) => inJson(inJson(secret)),
  'in JSON of nothing but escapes': escapedAll,
  'in HTML': (secret) =>
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&#34;')
      .replaceAll("'", '&#x27;'),
  'in hex': (secret) => bytesOf(secret).toString('hex'),
  'in upper-case hex': (secret) => bytesOf(secret).toString('hex').toUpperCase(),
  'in base64': base64,
  'in url-safe base64': (secret) => bytesOf(secret).toString('base64url'),
  'in base64 in lines': (secret) => inLines(base64(secret), '\r\n'),
  'in base64 in lines, in JSON': (secret) => inJson(inLines(base64(secret), '\n')),
};

/** Characters of tokens, of passwords, and of what people write. */
const characters = fc.oneof(
  fc.constantFrom(...'abcXYZ0189-_.~'),
  fc.constantFrom(...'+/=%&<>"\'\\{}[]()?#:;,@!$^*| '),
  fc.constantFrom('ä', 'ß', '中', '😀', '\u00a0'),
);
const secrets = fc
  .oneof(
    fc.string({ unit: characters, minLength: 8, maxLength: 40 }),
    fc.string({ unit: characters, minLength: 1000, maxLength: 8000 }),
  )
  .filter((secret) => secret.trim() === secret && !secret.startsWith('['));

test.each(Object.entries(forms))('a secret %s is taken out, and nothing else', (_, form) => {
  fc.assert(
    fc.property(secrets, (secret) => {
      expect(createRedactor([secret])(`before: ${form(secret)} :after`)).toMatch(
        /^before: \[redacted\]=* :after$/u,
      );
    }),
    { numRuns: 40, seed: 1 },
  );
});

test('a text without a secret stays as it is', () => {
  fc.assert(
    fc.property(
      fc.array(secrets, { minLength: 1, maxLength: 40 }),
      fc.string({ unit: characters, maxLength: 2000 }),
      (given, text) => {
        fc.pre(given.every((secret) => !text.includes(secret)));
        expect(createRedactor(given)(text)).toBe(text);
      },
    ),
    { numRuns: 200, seed: 2 },
  );
});

test('a key of 33,000 characters and more is a secret like any other', () => {
  const key = Array.from({ length: 2400 }, (_, index) => sha256(String(index)).slice(0, 42)).join('');
  expect(createRedactor([key])(`before ${key} after`)).toBe('before [redacted] after');
});

test('lines that begin like a key, and a text that is made of nothing but beginnings', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQ'.repeat(1000)}\n-----END PRIVATE KEY-----`;
  const table = `| a | b |\n|${'-'.repeat(60)}|\n`.repeat(2000);
  expect(createRedactor([key])(table)).toBe(table);
  const [secret, hostile] = [`${'a'.repeat(8000)}b`, 'a'.repeat(1_000_000)];
  // Where it stands cannot be found in time, so that all of it is hidden.
  expect(createRedactor([secret])(hostile)).toBe('[redacted]');
});
