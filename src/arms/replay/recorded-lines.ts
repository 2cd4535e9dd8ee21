import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readGivenLines } from '../../base/files.ts';
import { parseJson } from '../json-text.ts';

/** Where a line stands in its file, in bytes. */
export interface RecordedPlace {
  readonly start: number;
  readonly length: number;
}

/** A line while its file is being indexed. */
export interface IndexedLine {
  readonly value: unknown;
  /** From 1. */
  readonly number: number;
  readonly place: RecordedPlace;
}

/** A JSON Lines file of which only the places of its lines are in memory. */
export interface RecordedLines {
  /** The line's value, or `undefined` when the file no longer holds JSON there. */
  read(place: RecordedPlace): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens a file for reading single lines. */
export async function openLines(file: string): Promise<RecordedLines> {
  const handle: FileHandle = await open(file, 'r');
  return {
    read: async ({ start, length }) => {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await handle.read(bytes, 0, length, start);
      const json = bytesRead === length ? parseJson(bytes) : undefined;
      return json?.ok === true ? json.value : undefined;
    },
    close: () => handle.close(),
  };
}

/** Goes through a JSON Lines file once. A line that is not JSON has the value `undefined`; empty lines are left out. */
export function* indexLines(file: string): Generator<IndexedLine> {
  let number = 0;
  for (const line of readGivenLines(file)) {
    number += 1;
    if (line.text.trim() === '') continue;
    const json = parseJson(Buffer.from(line.text, 'utf8'));
    yield {
      value: json.ok ? json.value : undefined,
      number,
      place: { start: line.start, length: line.length },
    };
  }
}
