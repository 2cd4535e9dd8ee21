import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf } from '../base/errors.ts';
import { jsonOrUndefined } from '../base/json.ts';
import type { CallLine } from '../core/record.ts';

/** Bytes that are read at a time. */
const chunkSize = 1 << 18;

/** Reads what is added to a run's `calls.jsonl`, each whole line once. */
export class JournalTail {
  readonly #file: string;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Calls back with every call that came since the last time; lines that are no calls are passed over. */
  read(each: (line: CallLine) => void): void {
    const descriptor = openIfThere(this.#file);
    if (descriptor === undefined) return;
    try {
      const { size } = fstatSync(descriptor);
      let chunk = Buffer.allocUnsafe(Math.min(chunkSize, Math.max(0, size - this.#offset)));
      while (this.#offset < size) {
        const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, this.#offset));
        const end = bytes.lastIndexOf(10) + 1;
        if (end > 0) this.#take(bytes.toString('utf8', 0, end), each);
        else if (bytes.length < chunk.length || this.#offset + bytes.length >= size) return;
        else chunk = Buffer.allocUnsafe(2 * chunk.length);
        this.#offset += end;
      }
    } finally {
      closeSync(descriptor);
    }
  }

  #take(lines: string, each: (line: CallLine) => void): void {
    for (const text of lines.split('\n')) {
      if (text === '') continue;
      const value = jsonOrUndefined(text);
      if (isCall(value)) each(value);
    }
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isCall(value: unknown): value is CallLine {
  return typeof value === 'object' && value !== null && 'outcome' in value && typeof value.outcome === 'string';
}
