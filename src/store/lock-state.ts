import { readdirSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import { readRegularSync } from '../base/regular-file.ts';
import { livenessOf, parseHolder } from './lock-holder.ts';

/** Whether somebody who is not seen to be dead holds a lock; looks only. A lock that cannot be read counts as held. */
export function isHeld(lock: string): boolean {
  return listDirectory(lock).some((name) => {
    const text = textOf(path.join(lock, name));
    if (text === undefined) return false;
    const holder = parseHolder(text);
    return holder === undefined || livenessOf(holder) !== 'dead';
  });
}

function listDirectory(lock: string): readonly string[] {
  try {
    return readdirSync(lock);
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readRegularSync(file);
  } catch (error) {
    // Released meanwhile, or nothing that a holder made.
    return codeOf(error) === 'ENOENT' ? undefined : '';
  }
}
