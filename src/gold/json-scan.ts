export interface JsonScan {
  /** Where each item of the top-level array starts; empty where the top is no array. */
  readonly items: readonly number[];
  /** The first key that stands twice in one object, as `JSON.parse` would silently drop its first value. */
  readonly repeatedKey?: { readonly key: string; readonly offset: number };
}

const mark = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]/gsu;

/** What `JSON.parse` does not say about a text that it accepts. Offsets are UTF-16 units. Linear time. */
export function scanJson(text: string): JsonScan {
  const items: number[] = [];
  const open: (Set<string> | undefined)[] = [];
  let lastString: { readonly written: string; readonly offset: number } | undefined;
  let repeatedKey: JsonScan['repeatedKey'];
  for (const { 0: found, index } of text.matchAll(mark)) {
    if (found === '[' || found === '{') open.push(found === '{' ? new Set() : undefined);
    if (found === ']' || found === '}') open.pop();
    if ((found === '[' || found === ',') && open.length === 1 && open[0] === undefined)
      items.push(nextMark(text, index + 1));
    if (found === ':' && lastString !== undefined) repeatedKey ??= addKey(open.at(-1), lastString);
    lastString = found.startsWith('"') ? { written: found, offset: index } : undefined;
  }
  return { items, ...(repeatedKey === undefined ? {} : { repeatedKey }) };
}

function addKey(
  keys: Set<string> | undefined,
  written: { readonly written: string; readonly offset: number },
): JsonScan['repeatedKey'] {
  const key = String(JSON.parse(written.written)).normalize('NFC');
  if (keys === undefined) return undefined;
  if (keys.has(key)) return { key, offset: written.offset };
  keys.add(key);
  return undefined;
}

function nextMark(text: string, from: number): number {
  const rest = /\S/gu;
  rest.lastIndex = from;
  return rest.exec(text)?.index ?? from;
}

/** The line, from 1, of a UTF-16 offset. */
export function lineAt(text: string, offset: number): number {
  return linesAt(text, [offset])[0] ?? 1;
}

/** The lines, from 1, of UTF-16 offsets in ascending order. */
export function linesAt(text: string, offsets: readonly number[]): number[] {
  let line = 1;
  let feed = text.indexOf('\n');
  return offsets.map((offset) => {
    for (; feed !== -1 && feed < offset; feed = text.indexOf('\n', feed + 1)) line += 1;
    return line;
  });
}

/** The position that `JSON.parse` names in its complaint, where it names one. */
export function positionOf(message: string): number | undefined {
  const found = / at position (\d+)/u.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}
