import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../../base/errors.ts';
import type { Snippet } from '../../scoring/answer.ts';

/** Fills a prompt with a question and what was retrieved for it. */
export type FillPrompt = (question: string, snippets: readonly Snippet[]) => string;

export interface PromptTemplate {
  /** The template: what `PROMPT_VER` is computed from. */
  readonly text: string;
  readonly fill: FillPrompt;
}

const promptWithContext = `You answer questions from the excerpts below and from nothing else.

- After each statement, cite the excerpts it rests on by their ids in square brackets, like [S_12].
- If the excerpts do not contain the answer, reply exactly: "I cannot answer this from the documents." Do not guess.
- Be brief and exact. Keep numbers, names and units as they are written.

Excerpts:
{{context}}

Question: {{question}}
`;

/**
 * Reads the prompt of an arm, or takes the default one: the bare question, or with an index a prompt that asks for citations and for a
 * refusal where the excerpts lack the answer. Throws a `UserError` for a file that cannot be read or lacks a placeholder.
 */
export async function readPrompt(
  file: string | undefined,
  place: { readonly workingDirectory: string; readonly hasIndex: boolean },
): Promise<PromptTemplate> {
  const text =
    file === undefined
      ? defaultPrompt(place.hasIndex)
      : await readPromptFile(path.resolve(place.workingDirectory, file));
  const needed = place.hasIndex ? ['question', 'context'] : ['question'];
  const missing = needed.find((name) => !new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(text));
  if (missing !== undefined) {
    throw new UserError(`prompt "${file ?? ''}" has no {{${missing}}}`, {
      hint: `write it where the ${missing} belongs`,
    });
  }
  return { text, fill: (question, snippets) => fill(text, question, contextOf(snippets)) };
}

function defaultPrompt(hasIndex: boolean): string {
  return hasIndex ? promptWithContext : '{{question}}';
}

async function readPromptFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`prompt "${file}" cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** One pass: placeholders within the question or the excerpts stay what they are. */
function fill(template: string, question: string, context: string): string {
  return template.replace(/\{\{\s*(question|context)\s*\}\}/g, (_, name) =>
    name === 'question' ? question : context,
  );
}

function contextOf(snippets: readonly Snippet[]): string {
  return snippets
    .map((snippet, index) => `[${snippet.snippet_id ?? index + 1}] ${snippet.text}`)
    .join('\n\n');
}

/** The ids in square brackets in an answer that name a retrieved snippet, each once, in order of appearance. */
export function citationsIn(answer: string, snippets: readonly Snippet[]): readonly string[] {
  const known = new Set(snippets.map((snippet) => snippet.snippet_id));
  const named = [...answer.matchAll(/\[([^[\]]{1,1000})\]/g)].flatMap((match) =>
    (match[1] ?? '').split(/[,;]/).map((id) => id.trim()),
  );
  return [...new Set(named)].filter((id) => known.has(id));
}
