import * as z from 'zod';
import { UserError } from '../../base/errors.ts';

const words = z
  .string({ error: 'a text' })
  .refine((text) => text.trim() !== '' && !/\p{Cs}/u.test(text), { error: 'a text that is not empty' });
const count = z.int({ error: 'a whole number' }).min(0, { error: 'a number of at least 0' });
const interval = z
  .tuple([count, count], { error: 'two whole numbers, [start, end]' })
  .refine(([start, end]) => start <= end, { error: 'a start that is not after the end' });

export const chunkSchema = z.object(
  {
    snippet_id: words,
    section_id: words.optional(),
    source_url: words.optional(),
    offsets: interval.optional(),
    tokens: interval.optional(),
    text: words,
    title: words.optional(),
    heading: words.optional(),
    context: words.optional(),
  },
  { error: 'an object with snippet_id and text' },
);

/** A chunk of an index, as a line of `chunks.jsonl` has it; keys that are not known are dropped. */
export type IndexChunk = z.output<typeof chunkSchema>;

/** What is embedded of a chunk: `<context> <text>`, or its text where it has no context. */
export function embeddedText(chunk: Pick<IndexChunk, 'context' | 'text'>): string {
  return chunk.context === undefined ? chunk.text : `${chunk.context} ${chunk.text}`;
}

/** The chunks of a JSON Lines text. Throws a `UserError` with the line of the first that is not one, or whose id stands twice. */
export function parseChunks(text: string, file: string): IndexChunk[] {
  const lineOfId = new Map<string, number>();
  const chunks: IndexChunk[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const chunk = parseChunk(line, `${file}:${index + 1}`);
    const earlier = lineOfId.get(chunk.snippet_id);
    if (earlier !== undefined)
      throw new UserError(
        `${file}:${index + 1}: snippet_id "${chunk.snippet_id}" is on line ${earlier} too`,
        {
          hint: 'give each chunk an id of its own',
        },
      );
    lineOfId.set(chunk.snippet_id, index + 1);
    chunks.push(chunk);
  });
  return chunks;
}

function parseChunk(line: string, where: string): IndexChunk {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError(`${where}: expected one JSON object on the line`, {
      hint: 'a chunk is {"snippet_id", "section_id", "source_url", "offsets", "tokens", "text"}',
    });
  }
  const checked = chunkSchema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const name = issue === undefined || issue.path.length === 0 ? 'the line' : `"${issue.path.join('.')}"`;
  throw new UserError(`${where}: ${name} is not ${issue?.message ?? 'a chunk'}`, {
    hint: 'a chunk is {"snippet_id", "section_id", "source_url", "offsets", "tokens", "text"}',
  });
}
