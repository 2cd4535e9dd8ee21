import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  parseDocument,
  schemaOf,
  type DocumentKind,
  type ParsedDocument,
} from '../../../../src/store/documents/document.ts';

interface Note {
  readonly schema: 'flipgate.note/2';
  readonly words: readonly string[];
  readonly by?: { readonly name: string } | undefined;
}

const by = z.object({ name: z.string() }).exactOptional();
const words = z.array(z.string());
const schema = z.literal('flipgate.note/2');
const noteSchema = schemaOf<Note>()(z.object({ schema, words, by }));
const kind: DocumentKind<Note> = {
  name: 'note',
  file: 'notes/<name>.json',
  about: 'A note.',
  version: 'flipgate.note/2',
  schema: noteSchema,
};

function parsed(value: unknown): ParsedDocument<Note> {
  return parseDocument(kind, JSON.stringify(value));
}

describe('a schema', () => {
  test('is of its type exactly, or does not compile', () => {
    // @ts-expect-error a key is missing
    schemaOf<Note>()(z.object({ schema, words }));
    // @ts-expect-error a key too many
    schemaOf<Note>()(z.object({ schema, words, by, to: z.string().exactOptional() }));
    // @ts-expect-error a key that may not be absent
    schemaOf<Note>()(z.object({ schema, words, by: z.object({ name: z.string() }) }));
    const inner = z.object({ name: z.string().exactOptional() }).exactOptional();
    // @ts-expect-error a key that may be absent, further in
    schemaOf<Note>()(z.object({ schema, words, by: inner }));
    // @ts-expect-error another type
    schemaOf<Note>()(z.object({ schema, words: z.array(z.number()), by }));
  });
});

describe('a document', () => {
  test('is read as it is, with the keys that this version does not know', () => {
    const note = { schema: 'flipgate.note/2', words: ['one'], by: { name: 'me', of: 'here' }, later: 1 };
    expect(parsed(note)).toEqual({ ok: true, document: note });
  });

  test.each([
    [
      'a newer one',
      { schema: 'flipgate.note/3' },
      'is of flipgate.note/3, newer than this version reads (flipgate.note/2)',
    ],
    [
      'a newer one of two digits',
      { schema: 'flipgate.note/10' },
      'is of flipgate.note/10, newer than this version reads (flipgate.note/2)',
    ],
    [
      'an older one',
      { schema: 'flipgate.note/1' },
      'is no note that this version can read: its "schema" is "flipgate.note/1", and has to be "flipgate.note/2"',
    ],
    [
      'another document',
      { schema: 'flipgate.run/3' },
      'is no note that this version can read: its "schema" is "flipgate.run/3", and has to be "flipgate.note/2"',
    ],
    [
      'one without a version',
      { words: [] },
      'is no note that this version can read: its "schema" is missing, and has to be "flipgate.note/2"',
    ],
    [
      'a damaged one',
      { schema: 'flipgate.note/2', words: ['one', 2] },
      'is no note that this version can read: words.1: Invalid input: expected string, received number',
    ],
    ['no object', [1], 'is no note that this version can read: it is not a JSON object'],
    ['no document at all', 'text', 'is no note that this version can read: it is not a JSON object'],
  ])('%s is refused, saying so', (_, value, problem) => {
    expect(parsed(value)).toEqual({ ok: false, problem });
  });

  test('that was cut is refused', () => {
    const problem = 'is no note that this version can read: it is not a JSON object';
    expect(parseDocument(kind, '{"schema":"flipgate.no')).toEqual({ ok: false, problem });
  });
});
