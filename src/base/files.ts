import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError, codeOf, exitCodes, messageOf } from './errors.ts';
import { isUnusable, openRegular, storeMode } from './regular-file.ts';

/** Bytes that are read at a time. */
const chunkSize = 1 << 20;

/** Writes a file of a store whole or not at all, and its folder where there is none. Throws a `UserError` (exit 4) with the hint where that fails. */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array | Iterable<string>,
  hint?: string,
): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: storeMode().folder });
  } catch (error) {
    throw toWriteError(file, error, hint);
  }
  await replace(file, content, { hint, mode: storeMode().file });
}

/** The same for a file that is none of a store, in a folder that has to be there. `hint` is what to do where that fails. */
export async function replaceAtomically(
  file: string,
  content: string | Uint8Array | Iterable<string>,
  hint?: string,
): Promise<void> {
  await replace(file, content, { hint });
}

/** To a temporary name beside the file, synced, then renamed. */
async function replace(
  file: string,
  content: string | Uint8Array | Iterable<string>,
  { hint, mode }: { readonly hint?: string | undefined; readonly mode?: number },
): Promise<void> {
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`,
  );
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await writeFile(handle, content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw toWriteError(file, error, hint);
  }
}

/** Makes a new or renamed file's name last through a power cut, where the system lets a folder be synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    // What file systems say that have no such thing; a disk that fails is something else.
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EBADF', 'EISDIR'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

/** SHA-256 of a file in lower-case hex, or `undefined` where there is none; memory does not grow with the file. */
export async function fileHash(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream('', { fd: openRegular(file), highWaterMark: chunkSize }), hash);
    return hash.digest('hex');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The names in a folder; none where there is no such folder. `what` stands before its path in the `UserError` (exit 4) for one that cannot be read. */
export async function listDirectory(folder: string, what = ''): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new UserError(`${what}"${folder}" cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
    });
  });
}

const storeHint =
  'make room or name another folder with --store; what was already written is kept and can be resumed';

/** The error for a file that cannot be written, with what to do: a hint about the store by default. */
export function toWriteError(file: string, error: unknown, hint = storeHint): Error {
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EROFS: 'the file system is read-only',
    // What Node says of a folder that is to be made on a read-only file system.
    ENOENT: 'its folder is not there and cannot be made',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EFBIG: 'the file is larger than this system allows',
    EIO: 'the disk reports an error',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a part of the path is a file',
  };
  const code = codeOf(error);
  const isOfTheSystem = error instanceof Error && 'errno' in error;
  if (!isUnusable(error) && (code === undefined || !isOfTheSystem))
    return error instanceof Error ? error : new Error(String(error));
  return new UserError(`"${file}" cannot be written: ${reasons[code ?? ''] ?? messageOf(error)}`, {
    hint,
    exitCode: exitCodes.error,
    cause: error,
  });
}

export interface Line {
  readonly text: string;
  /** Byte offset of the line's start in the file. */
  readonly start: number;
  /** Bytes without the line feed. */
  readonly length: number;
  /** False for a last line without its line feed: a write that was cut. */
  readonly whole: boolean;
}

/** The lines of a file of a store one after the other; memory does not grow with the file. A missing file has none. */
export function readLines(file: string): Generator<Line> {
  return linesThrough(file, openRegular);
}

/** The same of a file that the user names: it may be a link or a pipe. */
export function readGivenLines(file: string): Generator<Line> {
  return linesThrough(file, (given) => openSync(given, 'r'));
}

function* linesThrough(file: string, openFile: (file: string) => number): Generator<Line> {
  const descriptor = openWith(file, openFile);
  if (descriptor === undefined) return;
  try {
    yield* linesOf(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function openWith(file: string, openFile: (file: string) => number): number | undefined {
  try {
    return openFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`"${file}" cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
      cause: error,
    });
  }
}

function* linesOf(descriptor: number): Generator<Line> {
  let buffer = Buffer.allocUnsafe(chunkSize);
  let filled = 0;
  let start = 0;
  for (;;) {
    if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    const size = readSync(descriptor, buffer, filled, buffer.length - filled, null);
    if (size === 0) break;
    let from = 0;
    const known = filled;
    filled += size;
    const bytes = buffer.subarray(0, filled);
    for (let end = bytes.indexOf(10, known); end !== -1; end = bytes.indexOf(10, from)) {
      yield { text: bytes.toString('utf8', from, end), start: start + from, length: end - from, whole: true };
      from = end + 1;
    }
    buffer.copyWithin(0, from, filled);
    filled -= from;
    start += from;
  }
  if (filled > 0) yield { text: buffer.toString('utf8', 0, filled), start, length: filled, whole: false };
}
