import { isUtf8 } from 'node:buffer';

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** Levels of nesting that are looked into; deeper JSON is no answer. */
export const deepestLevel = 200;

/**
 * Parses bytes that should be one JSON text in UTF-8; a byte order mark is tolerated. The messages name a position and never what stands
 * there: a parser's own words would carry pieces of the text.
 */
export function parseJson(bytes: Buffer): ParsedJson {
  if (!isUtf8(bytes)) return { ok: false, message: 'not JSON: the bytes are not UTF-8' };
  return parseJsonText(bytes.toString('utf8'));
}

/** Like `parseJson`, of a text. */
export function parseJsonText(text: string): ParsedJson {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (json.trim() === '') return { ok: false, message: 'not JSON: it is empty' };
  const parsed = parsedOrPosition(json);
  if (parsed.ok && isTooDeep(parsed.value, deepestLevel))
    return { ok: false, message: `nested deeper than ${deepestLevel} levels` };
  return parsed;
}

function parsedOrPosition(json: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(json) as unknown };
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    return { ok: false, message: position === undefined ? 'not JSON' : `not JSON at character ${position}` };
  }
}

/** Whether a tree has more levels than this; safe for trees of any depth. */
export function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const members: Iterable<unknown> = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) if (typeof member === 'object' && isTooDeep(member, levels - 1)) return true;
  return false;
}
