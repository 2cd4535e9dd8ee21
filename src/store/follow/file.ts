import {
  closeSync,
  fstatSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
  type BigIntStats,
} from 'node:fs';
import path from 'node:path';
import { compareCodeUnits } from '../../base/canonical.ts';
import { codeOf } from '../../base/errors.ts';
import { openRegular, requireSize } from '../../base/regular-file.ts';

/** The coarsest clock that a file system's times are known to go by. */
const coarsestTickMilliseconds = 2000;

/**
 * Whether a file system's times can tell the next change of what was looked at: two changes within one tick of its clock look alike, so that
 * what changed just now is to be looked at again.
 */
export function tellsChanges(
  { mtimeMs, ctimeMs }: Pick<BigIntStats, 'mtimeMs' | 'ctimeMs'>,
  now: number,
): boolean {
  return now - Math.max(Number(mtimeMs), Number(ctimeMs)) > coarsestTickMilliseconds;
}

/** Files that are read again only when they have changed. */
export interface WatchedFile<Value> {
  /** What stands in the file now, of an empty text where it cannot be read; `undefined` where there is none. */
  read(file: string): Value | undefined;
}

/**
 * Watches the file that it was last asked for, by inode, size and times: writers that rename into place change the first. `now` gives
 * milliseconds since 1970, by the clock that files are stamped by.
 */
export function watchedFile<Value>(parse: Parse<Value>, now: () => number): WatchedFile<Value> {
  return new Watched(parse, now);
}

/** The same of a file that must not count as empty: throws what the system says of one that cannot be read. */
export function watchedFileOrThrow<Value>(parse: Parse<Value>, now: () => number): WatchedFile<Value> {
  return new Watched(parse, now, (error) => {
    throw error;
  });
}

type Parse<Value> = (text: string, file: string) => Value;

/** A store of 10,000 runs has as many of these: a class, and no more than it takes to tell a change. */
class Watched<Value> implements WatchedFile<Value> {
  readonly #parse: Parse<Value>;
  readonly #now: () => number;
  #file = '';
  /** Of what was read; empty where that is to be read again. */
  #mark = '';
  #value: Value | undefined;

  readonly #unreadable: (error: unknown, file: string) => Value;

  constructor(
    parse: Parse<Value>,
    now: () => number,
    unreadable: (error: unknown, file: string) => Value = (_error, file) => parse('', file),
  ) {
    this.#parse = parse;
    this.#now = now;
    this.#unreadable = unreadable;
  }

  read(file: string): Value | undefined {
    try {
      const isKnown =
        this.#mark !== '' && file === this.#file && markOf(statSync(file, { bigint: true })) === this.#mark;
      if (!isKnown) this.#readAnew(file);
      return this.#value;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#mark = '';
      // A file that cannot be read, or is none, is a damaged one: it alone counts for nothing, whatever else is there.
      this.#value = isMissing(error) ? undefined : this.#unreadable(error, file);
      return this.#value;
    }
  }

  #readAnew(file: string): void {
    this.#mark = '';
    this.#file = file;
    const descriptor = openRegular(file);
    try {
      const found = fstatSync(descriptor, { bigint: true });
      requireSize(found);
      this.#value = this.#parse(textOf(descriptor, Number(found.size)), file);
      // Of before it was read: what is written meanwhile is a change.
      this.#mark = tellsChanges(found, this.#now()) ? markOf(found) : '';
    } finally {
      closeSync(descriptor);
    }
  }
}

function markOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  // Joined, which makes one string of it: a template's pieces would all be kept.
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Files are mostly smaller than this, and read at once. */
const usual = Buffer.allocUnsafe(1 << 16);

function textOf(descriptor: number, size: number): string {
  const isUsual = size > 0 && size < usual.length && readSync(descriptor, usual, 0, usual.length, 0) === size;
  return isUsual ? usual.toString('utf8', 0, size) : readFileSync(descriptor, 'utf8');
}

/** The values of a folder's JSON files, in the order of their names; none where there is no such folder. */
export interface WatchedFolder<Value> {
  read(): readonly Value[];
}

export function watchedFolder<Value>(
  folder: string,
  parse: Parse<Value>,
  now: () => number,
): WatchedFolder<Value> {
  let files = new Map<string, WatchedFile<Value>>();
  return {
    read() {
      const names = namesOf(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
      files = new Map(
        names.sort(compareCodeUnits).map((name) => [name, files.get(name) ?? watchedFile(parse, now)]),
      );
      return [...files].flatMap(([name, file]) => file.read(path.join(folder, name)) ?? []);
    },
  };
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Also where a part of the path is a file: then there is no such file either. */
function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}
