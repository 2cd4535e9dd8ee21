import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf } from '../base/errors.ts';
import { jsonOrUndefined } from '../base/json.ts';
import type { CallLine } from '../core/record.ts';

/** Bytes that are read at a time. */
const chunkSize = 1 << 18;

/** What reads a journal. */
export interface JournalReader {
  /** Every call that came since the last time. */
  readonly each: (line: CallLine) => void;
  /** Called before calls are read again from the start: the journal was written anew, as a resume does that drops some of them. */
  readonly onRewritten: () => void;
}

/** Reads what is added to a run's `calls.jsonl`, each whole line once. */
export class JournalTail {
  readonly #file: string;
  #offset = 0;
  #inode: bigint | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Lines that are no calls are passed over. */
  read({ each, onRewritten }: JournalReader): void {
    const descriptor = openIfThere(this.#file);
    if (descriptor === undefined) return;
    try {
      const { size, ino } = fstatSync(descriptor, { bigint: true });
      if (this.#offset > 0 && (ino !== this.#inode || size < this.#offset)) {
        this.#offset = 0;
        onRewritten();
      }
      this.#inode = ino;
      this.#readUntil(Number(size), descriptor, each);
    } finally {
      closeSync(descriptor);
    }
  }

  #readUntil(size: number, descriptor: number, each: JournalReader['each']): void {
    let chunk = Buffer.allocUnsafe(Math.min(chunkSize, Math.max(0, size - this.#offset)));
    while (this.#offset < size) {
      const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, this.#offset));
      const end = bytes.lastIndexOf(10) + 1;
      if (end > 0) takeLines(bytes.toString('utf8', 0, end), each);
      else if (bytes.length < chunk.length || this.#offset + bytes.length >= size) return;
      else chunk = Buffer.allocUnsafe(2 * chunk.length);
      this.#offset += end;
    }
  }
}

function takeLines(lines: string, each: JournalReader['each']): void {
  for (const text of lines.split('\n')) {
    if (text === '') continue;
    const value = jsonOrUndefined(text);
    if (isCall(value)) each(value);
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function isCall(value: unknown): value is CallLine {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, at, tool_calls: toolCalls = [] } = value as Partial<Record<keyof CallLine, unknown>>; // each is checked
  const areCalls = Array.isArray(toolCalls) && toolCalls.every((call) => typeof call === 'object' && call !== null);
  return typeof outcome === 'string' && typeof at === 'string' && areCalls;
}
