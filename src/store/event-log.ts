import { constants } from 'node:fs';
import { mkdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../base/canonical.ts';
import { readLines, syncFolder, toWriteError } from '../base/files.ts';
import { jsonOrUndefined } from '../base/json.ts';
import { openForAppending, storeMode } from '../base/regular-file.ts';
import { waitForLock, type Waiting } from './lock.ts';

/** One JSON object of a log, without the line feed. */
export type Event = Readonly<Record<string, unknown>>;

/** A line of a log. */
export type LoggedLine =
  | { readonly kind: 'event'; readonly text: string; readonly event: Event }
  /** What a kill or a full disk left of a line: nobody was told that it was written. */
  | { readonly kind: 'torn'; readonly text: string };

export interface AppendOptions {
  /**
   * Adds `previous` to the event: the SHA-256 of the text of the event before, absent in the first. Writers then take turns with a lock beside the file,
   * `FILE.lock`, and wait for it as told here. All events of a log are chained or none.
   */
  readonly chained?: Omit<Waiting, 'what'>;
}

/**
 * Adds one event to an append-only file of JSON Lines, and makes the file and its folder where they are missing. One write a line; when it resolves
 * the line is on the disk itself. A line that was cut stays a line of its own: it never swallows the next one. Processes may append to
 * one log at the same time. Throws a `UserError` (exit 4) where the line cannot be written.
 */
export async function appendEvent(
  file: string,
  event: object,
  { chained }: AppendOptions = {},
): Promise<void> {
  await makeFolder(path.dirname(file));
  if (chained === undefined) return writeEvent(file, () => JSON.stringify(event));
  const release = await waitForLock(`${file}.lock`, { ...chained, what: `"${file}"` });
  try {
    await writeEvent(file, async (handle, size) => {
      const last = await lastEvent(handle, size);
      return JSON.stringify({ ...event, ...(last === undefined ? {} : { previous: sha256(last) }) });
    });
  } finally {
    await release();
  }
}

/** The lines of a log, oldest first; memory does not grow with the file. A missing file has none. */
export function* readEvents(file: string): Generator<LoggedLine> {
  for (const { text } of readLines(file)) {
    const event = eventIn(text);
    if (event !== undefined) yield { kind: 'event', text, event };
    else if (text !== '') yield { kind: 'torn', text };
  }
}

export type ChainCheck =
  /** `head` is the SHA-256 of the last event: only who knows it can tell that events are missing at the end. */
  | { readonly ok: true; readonly events: number; readonly torn: number; readonly head?: string }
  /** The first event, counted from 1, that does not follow the one before. */
  | { readonly ok: false; readonly event: number };

/** Whether every event of a chained log names the one before: none was changed, added or taken away but at the end. */
export function checkChain(file: string): ChainCheck {
  let head: string | undefined;
  let [events, torn] = [0, 0];
  for (const line of readEvents(file)) {
    if (line.kind === 'torn') {
      torn += 1;
      continue;
    }
    events += 1;
    if (line.event['previous'] !== head) return { ok: false, event: events };
    head = sha256(line.text);
  }
  return { ok: true, events, torn, ...(head === undefined ? {} : { head }) };
}

function eventIn(text: string): Event | undefined {
  const value = jsonOrUndefined(text);
  const isEvent = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isEvent ? (value as Event) : undefined; // an object of JSON has names
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: storeMode().folder }).catch((error: unknown) => {
    throw toWriteError(folder, error);
  });
}

/** `textOf` is asked for the line when the file is open, with its size. */
async function writeEvent(
  file: string,
  textOf: (handle: FileHandle, size: number) => string | Promise<string>,
): Promise<void> {
  try {
    const handle = await openForAppending(file, constants.O_RDWR);
    try {
      const { size } = await handle.stat();
      const start = (await endsWithinLine(handle, size)) ? '\n' : '';
      await writeWhole(handle, Buffer.from(`${start}${await textOf(handle, size)}\n`));
      await handle.sync();
      if (size === 0) await syncFolder(path.dirname(file));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw toWriteError(file, error);
  }
}

/** A disk that fills up takes a part: asked for the rest it says why. */
async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

const lineFeed = 10;

async function endsWithinLine(handle: FileHandle, size: number): Promise<boolean> {
  return size > 0 && (await readFrom(handle, size - 1, size))[0] !== lineFeed;
}

/** Bytes that are read at first to find the last event. */
const usualTail = 1 << 16;

/** The text of the last event, cut lines passed over; it may lack its line feed. */
async function lastEvent(handle: FileHandle, size: number): Promise<string | undefined> {
  for (let length = usualTail; ; length *= 2) {
    const start = Math.max(0, size - length);
    const bytes = await readFrom(handle, start, size);
    // Where the file does not begin here, what stands before the first line feed may be half a line.
    const whole = start === 0 ? bytes : bytes.subarray(bytes.indexOf(lineFeed) + 1 || bytes.length);
    const last = whole
      .toString('utf8')
      .split('\n')
      .findLast((text) => eventIn(text) !== undefined);
    if (last !== undefined || start === 0) return last;
  }
}

async function readFrom(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  let filled = 0;
  for (let size = -1; size !== 0 && filled < bytes.length; filled += size)
    size = (await handle.read(bytes, filled, bytes.length - filled, start + filled)).bytesRead;
  return bytes.subarray(0, filled);
}
