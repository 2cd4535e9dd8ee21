import { closeSync, fstatSync, readSync } from 'node:fs';
import { codeOf } from '../../base/errors.ts';
import { openRegular } from '../../base/regular-file.ts';

/** Bytes that are read at a time. */
const chunkSize = 1 << 18;

/** What reads the lines of a file. */
export interface LineReader {
  /** Every whole line that came since the last time, but for empty ones. */
  readonly each: (text: string) => void;
  /** Called before lines are read again from the start: the file was written anew. */
  readonly onRewritten: () => void;
}

export interface TailOptions {
  /** Longer lines, in bytes, are passed over; none by default. */
  readonly longestLine?: number;
}

/** Reads what is added to a file of lines, each whole line once. */
export class LineTail {
  readonly #file: string;
  readonly #longestLine: number;
  #offset = 0;
  #inode: bigint | undefined;
  /** Whether the start of the line at the offset was passed over. */
  #isPassing = false;

  constructor(file: string, { longestLine = Number.POSITIVE_INFINITY }: TailOptions = {}) {
    this.#file = file;
    this.#longestLine = longestLine;
  }

  /** Reads on, `most` bytes or little more, and says whether there is more; `missing` where there is no file. Throws what the system says of others. */
  read({ each, onRewritten }: LineReader, most = Number.POSITIVE_INFINITY): 'missing' | 'more' | 'all' {
    const descriptor = openIfThere(this.#file);
    if (descriptor === undefined) return 'missing';
    try {
      const { size, ino } = fstatSync(descriptor, { bigint: true });
      if (this.#offset > 0 && (ino !== this.#inode || size < this.#offset)) {
        this.#offset = 0;
        this.#isPassing = false;
        onRewritten();
      }
      this.#inode = ino;
      const [end, until] = [Number(size), this.#offset + most];
      let chunk = Buffer.allocUnsafe(Math.min(chunkSize, Math.max(0, end - this.#offset)));
      while (this.#offset < Math.min(end, until)) {
        const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, this.#offset));
        if (this.#take(bytes, each)) continue;
        if (bytes.length < chunk.length || this.#offset + bytes.length >= end) return 'all';
        if (chunk.length < this.#longestLine) chunk = Buffer.allocUnsafe(2 * chunk.length);
        else this.#pass(bytes);
      }
      return this.#offset < end ? 'more' : 'all';
    } finally {
      closeSync(descriptor);
    }
  }

  /** Takes the whole lines of what stands at the offset; false where there is none. */
  #take(bytes: Buffer, each: LineReader['each']): boolean {
    const end = bytes.lastIndexOf(10) + 1;
    if (end === 0) return false;
    const start = this.#isPassing ? bytes.indexOf(10) + 1 : 0;
    for (const text of bytes.toString('utf8', start, end).split('\n')) if (text !== '') each(text);
    this.#isPassing = false;
    this.#offset += end;
    return true;
  }

  #pass({ length }: Buffer): void {
    this.#isPassing = true;
    this.#offset += length;
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openRegular(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
