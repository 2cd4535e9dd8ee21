/** What `gold import` reads. */
export const importFormats = ['csv', 'promptfoo', 'ragas', 'trec'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** A question as an importer finds it; ids are given to those without. */
export interface ImportedQuestion {
  readonly id?: string | undefined;
  readonly question: string;
  readonly paraphrases?: readonly string[];
  readonly anchors?: readonly object[];
  readonly answer?: string | undefined;
  readonly answerable?: boolean | undefined;
  readonly tags?: readonly string[];
}

/** What an importer made of a file, and what it could not take over. */
export interface Imported {
  readonly questions: readonly ImportedQuestion[];
  readonly notes: readonly string[];
}

/** A text that is not empty, or nothing. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The texts of a list, or of one text. */
export function textsIn(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => textIn(item) ?? []);
}

/** The texts of a list as a table's cell holds it: JSON, or as Python prints it; another text is one. */
export function listIn(value: unknown): readonly string[] {
  const text = typeof value === 'string' ? value.trim() : '';
  if (!text.startsWith('[') || !text.endsWith(']')) return textsIn(value);
  return textsIn(jsonIn(text));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return pythonTexts(text) ?? text;
  }
}

const quoted = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
const pythonList = new RegExp(String.raw`^\[\s*(?:(?:${quoted})\s*(?:,\s*|(?=\])))*\]$`, 'su');

/** A list of quoted texts as Python prints it, or nothing where it is anything else. */
function pythonTexts(text: string): readonly string[] | undefined {
  if (!pythonList.test(text)) return undefined;
  return Array.from(text.matchAll(new RegExp(quoted, 'gsu')), ([found]) =>
    found
      .slice(1, -1)
      .replaceAll(/\\(.)/gsu, (_, character: string) => (character === 'n' ? '\n' : character)),
  );
}

/** A row as keys and values, or nothing. */
export function rowIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined; // checked in the same line
}

/** Those of some values that are rows. */
export function rowsIn(values: readonly unknown[]): Readonly<Record<string, unknown>>[] {
  return values.map((value) => rowIn(value)).filter((row) => row !== undefined);
}

/** The keys of some rows that an importer did not use, as a note. */
export function unusedKeys(
  rows: readonly Readonly<Record<string, unknown>>[],
  used: ReadonlySet<string>,
): readonly string[] {
  const unused = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => !used.has(key));
  return unused.length === 0 ? [] : [`not taken over: ${unused.map((key) => `"${key}"`).join(', ')}`];
}
