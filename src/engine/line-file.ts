import { closeSync, openSync, readSync } from 'node:fs';

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

  read({ start, length }: LinePlace): string {
    this.#descriptor ??= openSync(this.#file, 'r');
    const bytes = Buffer.allocUnsafe(length);
    const read = readSync(this.#descriptor, bytes, 0, length, start);
    return bytes.toString('utf8', 0, read);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
