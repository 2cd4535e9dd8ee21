import { readLines } from '../base/files.ts';
import { remembered } from '../base/remembered.ts';
import { LineFile, type LinePlace } from './line-file.ts';

/** The texts that a run retrieved, by SHA-256: memory holds where they stand, and some that come again and again. */
export interface StoredTexts {
  /** `undefined` for one that the run does not have. */
  textOf(hash: string): string | undefined;
  close(): void;
}

/** Opens a run's `snippets.jsonl`; it is read when a text is first asked for. Lines that were cut are passed over. */
export function openTexts(file: string): StoredTexts {
  const lines = new LineFile(file);
  let places: ReadonlyMap<string, LinePlace> | undefined;
  const textAt = remembered(
    (hash) => {
      const place = places?.get(hash);
      return (place && parseText(lines.read(place))?.text) ?? '';
    },
    { most: 2000, longest: 10_000 },
  );
  return {
    textOf(hash) {
      places ??= placesIn(file);
      return places.has(hash) ? textAt(hash) : undefined;
    },
    close: () => lines.close(),
  };
}

function placesIn(file: string): ReadonlyMap<string, LinePlace> {
  const places = new Map<string, LinePlace>();
  for (const { text, start, length, whole } of readLines(file)) {
    const stored = whole ? parseText(text) : undefined;
    if (stored !== undefined) places.set(stored.sha256, { start, length });
  }
  return places;
}

interface StoredText {
  readonly sha256: string;
  readonly text: string;
}

/** A line of `snippets.jsonl`, or `undefined` for what is none. */
function parseText(line: string): StoredText | undefined {
  try {
    const { sha256, text } = (JSON.parse(line) ?? {}) as Partial<Record<keyof StoredText, unknown>>; // checked in the next line
    return typeof sha256 === 'string' && typeof text === 'string' ? { sha256, text } : undefined;
  } catch {
    return undefined;
  }
}
