import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../base/errors.ts';

/*
 * The file is a row of records of one size, each: 8 bytes of magic, 32 of SHA-256 of the text (UTF-16, so that texts with lone surrogates
 * stay apart), the vector as float32, 8 of SHA-256 over all before. Records are only ever appended, whole, one write for many; after a torn
 * one the reader finds the next by its magic.
 */
const magic = Buffer.from('\x93fgvec1\n', 'latin1');
const keySize = 32;
const checksumSize = 8;
const headSize = magic.length + keySize;
const scanSize = 1 << 22;
/** Bytes of the key that the index keeps: enough to find the record, which has it whole. */
const indexedKeySize = 12;

export interface VectorCacheOptions {
  readonly folder: string;
  readonly dimensions: number;
  /** At this size the file starts over (1 GiB). */
  readonly maxBytes?: number | undefined;
  /** Called once where the folder cannot be written. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Vectors by the content of their texts, in one file. Several processes may use the folder at once. Nothing read is trusted: a record whose
 * checksum or key is wrong counts as absent. Never throws: where the folder cannot be written, it goes on with what can be read.
 */
export class VectorCache {
  readonly #file: string;
  readonly #options: VectorCacheOptions;
  readonly #recordSize: number;
  readonly #record: Buffer;
  readonly #offsets = new Map<string, number>();
  #descriptor: number | undefined;
  #scanned = 0;
  #writable = true;

  constructor(options: VectorCacheOptions) {
    this.#options = options;
    this.#file = path.join(options.folder, 'vectors.bin');
    this.#recordSize = headSize + options.dimensions * Float32Array.BYTES_PER_ELEMENT + checksumSize;
    this.#record = Buffer.alloc(this.#recordSize);
  }

  /** The vectors at hand, in the order of the texts; undefined for the others. */
  get(texts: readonly string[]): readonly (Float32Array | undefined)[] {
    this.#refresh();
    return texts.map((text) => this.#read(keyOf(text)));
  }

  /** Keeps vectors; `vectors[i]` is that of `texts[i]`. */
  put(texts: readonly string[], vectors: readonly Float32Array[]): void {
    if (!this.#writable || texts.length === 0) return;
    const bytes = Buffer.concat(
      texts.map((text, index) => this.#encode(keyOf(text), vectors[index] ?? new Float32Array())),
    );
    try {
      mkdirSync(this.#options.folder, { recursive: true });
      if (this.#size() + bytes.length > (this.#options.maxBytes ?? 1 << 30)) this.startOver();
      this.#append(bytes);
    } catch (error) {
      this.#writable = false;
      this.#options.onNotice?.(
        `vectors are not kept: "${this.#options.folder}" cannot be written (${messageOf(error)})`,
      );
    }
  }

  /** Forgets every vector. Other processes keep the file that they have open. */
  startOver(): void {
    this.close();
    rmSync(this.#file, { force: true });
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#offsets.clear();
    this.#scanned = 0;
  }

  #size(): number {
    return this.#open() ? fstatSync(this.#descriptor ?? -1).size : 0;
  }

  #open(): boolean {
    if (this.#descriptor !== undefined) return true;
    try {
      this.#descriptor = openSync(this.#file, 'r');
      return true;
    } catch {
      return false;
    }
  }

  #append(bytes: Buffer): void {
    const descriptor = openSync(this.#file, 'a', 0o600);
    try {
      const written = writeSync(descriptor, bytes);
      if (written !== bytes.length) throw new Error('the disk is full');
    } finally {
      closeSync(descriptor);
    }
  }

  #encode(key: Buffer, vector: Float32Array): Buffer {
    const head = Buffer.concat([
      magic,
      key,
      Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
    ]);
    return Buffer.concat([head, checksumOf(head)]);
  }

  /** Reads on from where the last look ended: also finds what other processes have added meanwhile. */
  #refresh(): void {
    try {
      const size = this.#size();
      if (size < this.#scanned) this.close();
      while (this.#open() && size - this.#scanned >= this.#recordSize) this.#scan(size);
    } catch {
      this.close();
    }
  }

  #scan(size: number): void {
    const whole = Math.max(1, Math.floor(scanSize / this.#recordSize)) * this.#recordSize;
    const bytes = Buffer.allocUnsafe(Math.min(whole, size - this.#scanned));
    const length = readSync(this.#descriptor ?? -1, bytes, 0, bytes.length, this.#scanned);
    if (length < this.#recordSize) throw new Error('the file has become shorter');
    let at = 0;
    while (at + this.#recordSize <= length) {
      if (magic.compare(bytes, at, at + magic.length) === 0) {
        this.#offsets.set(indexKey(bytes.subarray(at + magic.length, at + headSize)), this.#scanned + at);
        at += this.#recordSize;
      } else {
        const next = bytes.subarray(0, length).indexOf(magic, at + 1);
        at = next === -1 ? Math.max(at + 1, length - magic.length + 1) : next;
      }
    }
    this.#scanned += at;
  }

  #read(key: Buffer): Float32Array | undefined {
    const offset = this.#offsets.get(indexKey(key));
    if (offset === undefined || this.#descriptor === undefined) return undefined;
    try {
      const length = readSync(this.#descriptor, this.#record, 0, this.#recordSize, offset);
      return length === this.#recordSize ? this.#decode(key) : undefined;
    } catch {
      return undefined;
    }
  }

  #decode(key: Buffer): Float32Array | undefined {
    const end = this.#recordSize - checksumSize;
    if (key.compare(this.#record, magic.length, headSize) !== 0) return undefined;
    if (checksumOf(this.#record.subarray(0, end)).compare(this.#record, end) !== 0) return undefined;
    const vector = new Float32Array(this.#options.dimensions);
    this.#record.copy(new Uint8Array(vector.buffer), 0, headSize, end);
    return vector;
  }
}

function keyOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf16le').digest().subarray(0, keySize);
}

function indexKey(key: Buffer): string {
  return key.toString('latin1', 0, indexedKeySize);
}

function checksumOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, checksumSize);
}
