import type { FileHandle } from 'node:fs/promises';
import { toWriteError } from '../base/files.ts';
import { openForAppending } from '../base/regular-file.ts';

/** An append-only file of lines. */
export interface Journal {
  /** Resolves when the lines are with the operating system, so that no kill of this process loses them. Rejects when the disk refuses. */
  append(lines: string): Promise<void>;
  /** Writes and syncs what is left. */
  close(): Promise<void>;
}

/** What is written waits so long before it is synced; with the sync's own time it is on the disk within 100 ms. */
const syncAfterMilliseconds = 75;

/** Opens a file for appending lines; what is written is on the disk itself at most 100 ms later. Group commit: one write at a time, of all that waits. */
export async function openJournal(file: string): Promise<Journal> {
  const handle = await openForAppending(file).catch((error: unknown) => {
    throw toWriteError(file, error);
  });
  return new FileJournal(file, handle);
}

class FileJournal implements Journal {
  readonly #file: string;
  readonly #handle: FileHandle;
  #waiting: string[] = [];
  /** The write that is under way. */
  #current: Promise<void> = Promise.resolve();
  /** The write that takes what is waiting, once the one under way is over. */
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  append(lines: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#waiting.push(lines);
    this.#next ??= this.#writeNext();
    return this.#next;
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#current).catch(() => undefined);
    clearTimeout(this.#timer);
    await this.#syncing;
    try {
      if (this.#failure === undefined) await this.#handle.datasync();
    } catch (error) {
      throw toWriteError(this.#file, error);
    } finally {
      await this.#handle.close();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #writeNext(): Promise<void> {
    await this.#current;
    this.#next = undefined;
    this.#current = this.#write();
    await this.#current;
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    try {
      await this.#writeWhole(bytes);
    } catch (error) {
      this.#failure = toWriteError(this.#file, error);
      throw this.#failure;
    }
    this.#timer ??= setTimeout(() => {
      this.#syncing = this.#sync();
    }, syncAfterMilliseconds);
  }

  /** A disk that fills up takes a part: the rest must follow or the write has failed. */
  async #writeWhole(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += (await this.#handle.write(bytes, written)).bytesWritten;
    }
  }

  async #sync(): Promise<void> {
    this.#timer = undefined;
    try {
      await this.#handle.datasync();
    } catch (error) {
      this.#failure ??= toWriteError(this.#file, error);
    }
  }
}
