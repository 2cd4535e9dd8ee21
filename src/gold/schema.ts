import * as z from 'zod';
import { errorAt, show, type GoldFinding, type Place } from './finding.ts';
import { oddity } from './plain.ts';
import type { Row } from './rows.ts';

const printable = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u;

function isId(id: string): boolean {
  return printable.test(id) && id.trim() === id;
}

const words = z
  .string({ error: 'a text' })
  .refine((text) => text.trim() !== '', { error: 'a text that is not empty' });
const wholeNumber = z.int({ error: 'a whole number' }).min(0, { error: 'a number of at least 0' });

const anchorSchema = z.looseObject(
  {
    source_url: words.optional(),
    section_id: words.optional(),
    offsets: z
      .tuple([wholeNumber, wholeNumber], { error: 'two whole numbers, [start, end]' })
      .refine(([start, end]) => start < end, { error: 'a start that is before the end' })
      .optional(),
    text: words.optional(),
  },
  { error: 'an object with source_url, section_id, offsets, text' },
);

const questionSchema = z.looseObject(
  {
    id: z
      .string({ error: 'a text' })
      .refine(isId, { error: '1 to 200 printable characters without space around' }),
    question: words,
    paraphrases: z.array(words, { error: 'a list of texts' }).default([]),
    anchors: z.array(anchorSchema, { error: 'a list of anchors' }).default([]),
    answer: z.string({ error: 'a text' }).optional(),
    answerable: z.boolean({ error: 'true or false' }).default(true),
    tags: z.array(words, { error: 'a list of texts' }).default([]),
  },
  { error: 'an object with id, question, paraphrases, anchors' },
);

export const questionKeys: readonly string[] = Object.keys(questionSchema.shape);
export const anchorKeys: readonly string[] = Object.keys(anchorSchema.shape);

/** A question as written, defaults filled in, before its anchors are resolved. */
export type WrittenQuestion = z.infer<typeof questionSchema>;
export type WrittenAnchor = WrittenQuestion['anchors'][number];

export type CheckedRow =
  | { readonly ok: true; readonly question: WrittenQuestion; readonly raw: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly findings: readonly GoldFinding[] };

/** The one door through which a question comes in: its shape, and that it has one canonical form. */
export function checkRow(row: Row): CheckedRow {
  const place = rowPlaceOf(row);
  const odd = oddity(row.value);
  if (odd !== undefined)
    return {
      ok: false,
      findings: [
        errorAt(place, 'odd_value', {
          message: odd,
          hint: 'write the value again, as plain text or a plain number',
        }),
      ],
    };
  const checked = questionSchema.safeParse(row.value);
  if (!checked.success)
    return {
      ok: false,
      findings: checked.error.issues.map((issue) => issueFinding(issue, row.value, place)),
    };
  return { ok: true, question: checked.data, raw: row.value as Record<string, unknown> }; // the schema has just said that it is an object
}

/** File, line and, where it can be told, id. */
export function rowPlaceOf(row: Row): Place {
  const id: unknown =
    typeof row.value === 'object' && row.value !== null && 'id' in row.value ? row.value.id : undefined;
  return { file: row.file, line: row.line, ...(typeof id === 'string' && isId(id) ? { id } : {}) };
}

const hints: Readonly<Record<string, string>> = {
  id: 'give every question a short id of its own, for example "Q_0007"; in YAML put numbers in quotes',
  question: 'write the question as a person would ask it',
  paraphrases: 'list other ways to ask the same question, each as a text',
  anchors:
    'an anchor is {"source_url", "section_id", "offsets": [start, end], "text"}: text, or offsets into a document',
  answer: 'write the reference answer as a text, or leave the key out',
  answerable: 'write false for a question that the documents do not answer, or leave the key out',
  tags: 'list tags as texts, or leave the key out',
};

function issueFinding(issue: z.core.$ZodIssue, value: unknown, place: Place): GoldFinding {
  const path = issue.path;
  const found = valueAt(value, path);
  const name = path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
  const subject =
    name === '' ? `found ${show(found)}` : `"${name}" is ${found === undefined ? 'missing' : show(found)}`;
  return errorAt(place, 'wrong_shape', {
    message: `${subject}: expected ${issue.message}`,
    hint: hints[String(path[0])] ?? 'write one object a question',
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === 'object' && here !== null ? (here as Record<PropertyKey, unknown>)[key] : undefined, // narrowed by the condition
    value,
  );
}
