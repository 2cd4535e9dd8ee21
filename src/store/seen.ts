import { accessSync, constants, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { userFolder } from '../base/folders.ts';

/** The highest numbers that this machine has seen signed, in a folder that is no part of the store: they stay when the store is put back. */
export interface SeenMarks {
  /** 0 where nothing was seen. */
  highest(name: string): number;
  /** Lower numbers change nothing. Where it cannot be written down it is known to this process alone. */
  note(name: string, value: number): void;
}

/** Knows nothing and keeps nothing. */
export const seenNothing: SeenMarks = { highest: () => 0, note: () => undefined };

/** Where marks are kept: `$XDG_STATE_HOME/flipgate/seen`, else `~/.local/state/flipgate/seen`. */
export function defaultSeenFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const state = userFolder(environment, { variable: 'XDG_STATE_HOME', fallback: '.local/state' });
  return path.join(state, 'flipgate', 'seen');
}

const markPattern = /^(?<name>.+)@(?<value>\d{1,16})$/u;

/**
 * Opens the marks in a folder. A mark is an empty file, `NAME@NUMBER`: writers at the same time add to one another and never lower one. Throws a
 * `UserError` (exit 4) for a folder that cannot be read or written: nothing could be told from a copy of before.
 */
export function openSeen(folder: string): SeenMarks {
  const marks = readMarks(folder);
  return {
    highest: (name) => marks.get(name) ?? 0,
    note(name, value) {
      const before = marks.get(name) ?? 0;
      if (!(value > before)) return;
      marks.set(name, value);
      try {
        writeFileSync(path.join(folder, `${name}@${value}`), '', { mode: 0o600, flag: 'a' });
        if (before > 0) rmSync(path.join(folder, `${name}@${before}`), { force: true });
      } catch {
        // a full disk; another reader will note it
      }
    },
  };
}

function readMarks(folder: string): Map<string, number> {
  const marks = new Map<string, number>();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    for (const file of readdirSync(folder)) {
      const { name = '', value = '' } = markPattern.exec(file)?.groups ?? {};
      if (name !== '') marks.set(name, Math.max(marks.get(name) ?? 0, Number(value)));
    }
    return marks;
  } catch (error) {
    throw new UserError(`what was seen before cannot be kept in "${folder}": ${messageOf(error)}`, {
      hint: 'signing.seen names another folder, outside the store',
      exitCode: exitCodes.error,
    });
  }
}
