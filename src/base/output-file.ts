import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from './errors.ts';
import { toWriteError, writeAtomically } from './files.ts';

const hint = 'name another file with --out';

/**
 * Writes what somebody asked for into the file that they named: whole or not at all, through a link to what it leads to; a device or a pipe
 * is written to as it is. Throws a `UserError`: exit 2 for a folder, 4 where it cannot be written.
 */
export async function writeOutput(file: string, content: string | Iterable<string>): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory() === true)
    throw new UserError(`"${file}" is a folder`, {
      hint: `name a file in it, such as ${path.join(file, 'report.html')}`,
    });
  if (found === undefined || found.isFile()) return writeAtomically(target, content, hint);
  try {
    const handle = await open(target, 'w');
    try {
      for (const piece of typeof content === 'string' ? [content] : content) await handle.write(piece);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw toWriteError(file, error, hint);
  }
}
