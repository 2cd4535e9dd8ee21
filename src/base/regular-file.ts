import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { lstat, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './errors.ts';

/*
 * What lies in a store may be anybody's: a link leads to a file that only this user can read, a pipe is waited for, a device has no end. So a
 * file of a store is opened by these alone: a regular one, without waiting, and neither it nor its folder is a link. (Windows knows neither flag.)
 */
const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What files of a store may be done with, by whom; folders can be entered by who can read them. */
interface StoreMode {
  readonly file: number;
  readonly folder: number;
}

/** Answers, retrieved texts and what rollback programs wrote are nobody else's, unless the configuration says so. */
let current: StoreMode = modeOf(0o600);

/** The modes of new files and folders of this process's stores. One for the process, as its umask is, which can only take more away. */
export function storeMode(): StoreMode {
  return current;
}

/** Sets them: `file` as for `chmod`. */
export function setStoreMode(file: number): void {
  current = modeOf(file);
}

function modeOf(file: number): StoreMode {
  return { file, folder: file | ((file & 0o444) >> 2) };
}

/** Documents and pages are smaller, in bytes; lines have no such limit, since they are read one at a time. */
export const maxDocumentBytes = 1 << 26;

const isLink = 'it is a link, or in one, and links in a store are not followed';

/** A file that is there and is not what it should be. Its code stands where a system error has one. */
class UnusableFile extends Error {
  readonly code = 'EUNUSABLE';
}

/** Whether a file is there and cannot be one of ours. */
export function isUnusable(error: unknown): boolean {
  return error instanceof UnusableFile;
}

/** Opens a regular file for reading; throws what the system says, and an error with a code for anything but a regular file. */
export function openRegular(file: string): number {
  requireFolder(lstatSync(path.dirname(file)));
  const descriptor = carefully(() => openSync(file, constants.O_RDONLY | careful));
  try {
    requireRegular(fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Opens a file for appending, which is no link, and makes it where there is none; waits for no reader of a pipe. */
export async function openForAppending(
  file: string,
  access: number = constants.O_WRONLY,
): Promise<FileHandle> {
  return openCarefully(file, access | constants.O_APPEND | constants.O_CREAT);
}

/** Makes a file to write, in place of whatever has its name. */
export async function openAnew(file: string): Promise<FileHandle> {
  await rm(file, { force: true });
  return open(file, 'wx', storeMode().file);
}

/** The text of a regular file of at most `maxDocumentBytes`; throws as `openRegular` does, and for a larger one. */
export async function readRegular(file: string): Promise<string> {
  return (await readRegularBytes(file)).toString('utf8');
}

/** The same, as it stands there. */
export async function readRegularBytes(file: string): Promise<Buffer> {
  const handle = await openCarefully(file, constants.O_RDONLY);
  try {
    const found = await handle.stat();
    requireRegular(found);
    requireSize(found);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The same, read at once. */
export function readRegularSync(file: string): string {
  const descriptor = openRegular(file);
  try {
    requireSize(fstatSync(descriptor));
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Throws where a document is larger than any is. */
export function requireSize({ size }: { readonly size: number | bigint }): void {
  if (size > maxDocumentBytes)
    throw new UnusableFile(`it has ${size} bytes, and no document of ours has over ${maxDocumentBytes}`);
}

function requireRegular(found: { isFile(): boolean }): void {
  if (!found.isFile()) throw new UnusableFile('it is a folder, a pipe or a device, not a file');
}

async function openCarefully(file: string, flags: number): Promise<FileHandle> {
  requireFolder(await lstat(path.dirname(file)));
  return open(file, flags | careful, storeMode().file).catch((error: unknown) => {
    throw linkOr(error);
  });
}

function requireFolder(found: { isSymbolicLink(): boolean }): void {
  if (found.isSymbolicLink()) throw new UnusableFile(isLink);
}

function carefully<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw linkOr(error);
  }
}

/** What systems say of a last link that is not followed. */
function linkOr(error: unknown): unknown {
  return ['ELOOP', 'EMLINK', 'EFTYPE'].includes(codeOf(error) ?? '') ? new UnusableFile(isLink) : error;
}
