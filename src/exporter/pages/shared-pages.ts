import { lstat } from 'node:fs/promises';
import { readRegularBytes } from '../../base/regular-file.ts';

interface Kept {
  readonly mark: string;
  readonly bytes: WeakRef<Uint8Array>;
}

/** Pages of files, one copy of each for all who read it at a time: slow readers of a large page hold no more memory than one does. */
export class SharedPages {
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<Uint8Array>>();

  /** Throws what the system says, and for what is no regular file. */
  async read(file: string): Promise<Uint8Array> {
    const { ino, size, mtimeNs, ctimeNs } = await lstat(file, { bigint: true });
    const mark = `${file} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    const kept = this.#kept.get(file);
    const bytes = kept?.mark === mark ? kept.bytes.deref() : undefined;
    return bytes ?? this.#reading.get(mark) ?? this.#readAnew(file, mark);
  }

  #readAnew(file: string, mark: string): Promise<Uint8Array> {
    const reading = readRegularBytes(file).finally(() => this.#reading.delete(mark));
    this.#reading.set(mark, reading);
    return reading.then((bytes) => {
      for (const [other, { bytes: read }] of this.#kept)
        if (read.deref() === undefined) this.#kept.delete(other);
      this.#kept.set(file, { mark, bytes: new WeakRef(bytes) });
      return bytes;
    });
  }
}
