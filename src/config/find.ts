import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../base/errors.ts';

const fileNames = ['flipgate.yaml', 'flipgate.yml', 'flipgate.json'] as const;

/**
 * The configuration file to use: the one named, else `flipgate.yaml` in `folder` or the nearest one above it.
 * One found above is used only inside the same repository and when it belongs to this user, because it may name programs to run.
 * `undefined` when there is none. Throws a `UserError` when a named one is missing or a found one may not be used.
 */
export async function findConfigFile(folder: string, named?: string): Promise<string | undefined> {
  if (named !== undefined) return namedFile(folder, named);
  let here = path.resolve(folder);
  for (;;) {
    const found = await firstIn(here);
    if (found !== undefined) {
      if (here !== path.resolve(folder)) await mayBeUsed(found);
      return found;
    }
    if ((await exists(path.join(here, '.git'))) || path.dirname(here) === here) return undefined;
    here = path.dirname(here);
  }
}

async function namedFile(folder: string, named: string): Promise<string> {
  const file = path.resolve(folder, named);
  if (await exists(file)) return file;
  throw new UserError(`configuration file "${named}" does not exist`, {
    hint: 'flipgate init writes a commented one',
  });
}

async function firstIn(folder: string): Promise<string | undefined> {
  for (const name of fileNames) {
    const file = path.join(folder, name);
    if (await exists(file)) return file;
  }
  return undefined;
}

async function mayBeUsed(file: string): Promise<void> {
  if (!(await insideRepository(path.dirname(file)))) {
    throw new UserError(`"${file}" lies above this folder and outside a repository, so it is not used`, {
      hint: `name it with --config ${file} if you trust it: it may name programs to run`,
    });
  }
  const owner = (await lstat(file)).uid;
  const user = process.getuid?.();
  if (user !== undefined && owner !== user) {
    throw new UserError(`"${file}" belongs to another user, so it is not used`, {
      hint: `name it with --config ${file} if you trust it: it may name programs to run`,
    });
  }
}

/** The search for a file stops at the repository's root, so a file found above lies inside when a root is at or above it. */
async function insideRepository(folder: string): Promise<boolean> {
  for (let here = folder; ; here = path.dirname(here)) {
    if (await exists(path.join(here, '.git'))) return true;
    if (path.dirname(here) === here) return false;
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
