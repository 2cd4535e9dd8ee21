import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError, codeOf, exitCodes, type ExitCode } from '../../base/errors.ts';
import { toWriteError } from '../../base/files.ts';
import type { World } from '../../base/world.ts';
import { starterConfig, starterDocument, starterGold } from './files.ts';

/** Writes a commented configuration and a small gold set. Nothing that is there is touched: it says so and ends with 2. */
export async function init(world: World): Promise<ExitCode> {
  const files = [
    ['flipgate.yaml', starterConfig],
    ['gold/gold.jsonl', starterGold()],
    ['gold/docs/refunds.md', starterDocument],
  ] as const;
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of files)
    ((await writeNew(path.join(world.workingDirectory, name), text)) ? written : kept).push(name);
  for (const name of written) world.stdout.write(`wrote  ${name}\n`);
  for (const name of kept) world.stdout.write(`kept   ${name}, which was there already\n`);
  if (written.length === 0)
    throw new UserError('nothing was written: all of it is there already', {
      hint: 'edit flipgate.yaml, then flipgate check',
    });
  world.stdout.write(
    '\nnext: put your own questions into gold/gold.jsonl (flipgate gold lint shows what is missing),\n      set BLUE_URL and GREEN_URL or edit flipgate.yaml, then flipgate check\n',
  );
  return exitCodes.pass;
}

/** Writes a file that is not there yet; false when it is. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw toWriteError(file, error);
  }
}
