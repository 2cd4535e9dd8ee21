import { closeSync, readSync } from 'node:fs';
import { openRegular } from '../base/regular-file.ts';

/** Where a line stands in its file, in bytes. */
export interface LinePlace {
  readonly start: number;
  readonly length: number;
}

/** Reads single lines of a file; it is opened at the first one. */
export class LineFile {
  readonly #file: string;
  #descriptor: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** The line at a place; what there is of it where the file ends before. */
  read({ start, length }: LinePlace): string {
    this.#descriptor ??= openRegular(this.#file);
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    // One read may give less than was asked for.
    for (let size = -1; size !== 0 && filled < length; filled += size)
      size = readSync(this.#descriptor, bytes, filled, length - filled, start + filled);
    return bytes.toString('utf8', 0, filled);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
