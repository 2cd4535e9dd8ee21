import path from 'node:path';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { listDirectory } from '../../base/files.ts';
import { readRegular } from '../../base/regular-file.ts';
import { runIdsIn } from '../../plan/run-id.ts';

/**
 * The runs that the newest verdicts of all gates rest on, and those that are being judged. They are searched for in the files' text: what a damaged verdict or one of a newer version
 * names counts too. Throws a `UserError` (exit 4) for one that cannot be read, since nobody knows then what it names.
 */
export async function runsInForce(store: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const folder of [path.join(store, 'verdicts'), path.join(store, 'verdicts', 'judging')])
    for (const name of await listDirectory(folder)) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue;
      for (const id of runIdsIn(await textOf(path.join(folder, name)))) found.add(id);
    }
  return found;
}

/** Empty for a file that is gone by now. */
async function textOf(file: string): Promise<string> {
  return readRegular(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw new UserError(`"${file}" cannot be read: ${messageOf(error)}`, {
      hint: 'nothing was deleted: the runs that this verdict rests on are not known',
      exitCode: exitCodes.error,
    });
  });
}
