import type { Snippet } from '../../scoring/answer.ts';
import {
  isAbsent,
  readList,
  readNumber,
  readObject,
  readText,
  ShapeError,
  typeName,
} from './field-reader.ts';
import type { FieldReader, JsonObject } from './field-reader.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** More entries than this in any list of a response are a fault. */
export const longestList = 20_000;

const textFields = ['snippet_id', 'section_id', 'source_url'] as const;
const contractFields = [...textFields, 'offsets', 'tokens'] as const;

/** The retrieved snippets of a response, in its order. Throws a `ShapeError` for wrong types and for a snippet without text. */
export function parseSnippets(value: unknown, reader: FieldReader): readonly Snippet[] {
  const ids = new Set<string>();
  return readList(value, 'retrieved', longestList).map((item, index) => {
    const snippet = parseSnippet(readObject(item, `retrieved[${index}]`), `retrieved[${index}]`, reader);
    if (snippet.snippet_id !== undefined) {
      if (ids.has(snippet.snippet_id)) reader.note('duplicate_snippet_id');
      ids.add(snippet.snippet_id);
    }
    return snippet;
  });
}

function parseSnippet(raw: JsonObject, where: string, reader: FieldReader): Snippet {
  if (isAbsent(raw['text'])) throw new ShapeError(`${where} has no text`);
  const snippet: Writable<Snippet> = { text: reader.clean(readText(raw['text'], `${where}.text`)) };
  for (const field of contractFields) if (isAbsent(raw[field])) reader.note('snippet_field_missing', field);
  for (const field of textFields) {
    if (!isAbsent(raw[field])) snippet[field] = reader.clean(readText(raw[field], `${where}.${field}`));
  }
  const offsets = parseSpan(raw['offsets'], `${where}.offsets`);
  if (offsets === 'invalid') reader.note('offsets_invalid');
  else if (offsets !== undefined) snippet.offsets = offsets;
  const tokens = parseSpan(raw['tokens'], `${where}.tokens`);
  if (tokens === 'invalid') reader.note('tokens_invalid');
  else if (tokens !== undefined) snippet.tokens = tokens;
  if (!isAbsent(raw['score'])) addScore(snippet, readNumber(raw['score'], `${where}.score`), reader);
  return snippet;
}

function addScore(snippet: Writable<Snippet>, score: number, reader: FieldReader): void {
  if (Number.isFinite(score)) snippet.score = score;
  else reader.note('score_invalid');
}

/** A half-open interval of integers from 0; `invalid` for numbers that are none. */
function parseSpan(value: unknown, field: string): readonly [number, number] | 'invalid' | undefined {
  if (isAbsent(value)) return undefined;
  const ends = readList(value, field, longestList);
  const strange = ends.find((end) => typeof end !== 'number' && end !== null);
  if (strange !== undefined) throw new ShapeError(`${field} holds ${typeName(strange)}, not two numbers`);
  const [start, end] = ends;
  if (ends.length !== 2 || !isPosition(start) || !isPosition(end) || start > end) return 'invalid';
  return [start, end];
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
