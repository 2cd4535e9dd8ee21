import { lstat, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import path from 'node:path';
import { UserError } from '../base/errors.ts';

const fileNames = ['flipgate.yaml', 'flipgate.yml', 'flipgate.json'] as const;

export interface ConfigSearch {
  readonly folder: string;
  /** The file that the user names: trusted as it is. */
  readonly named?: string | undefined;
  /** The user who called sudo, where one did. */
  readonly sudoUser?: string | undefined;
}

/**
 * The configuration file to use: the one named, else `flipgate.yaml` in `folder` or the nearest one above it in the same repository. It may name
 * programs to run, so one that is found and not named has to belong to this user (or root), and nobody else may be able to write it.
 * `undefined` when there is none. Throws a `UserError` when a named one is missing or a found one may not be used.
 */
export async function findConfigFile({ folder, named, sudoUser }: ConfigSearch): Promise<string | undefined> {
  if (named !== undefined) return namedFile(folder, named);
  let here = path.resolve(folder);
  for (;;) {
    const found = await firstIn(here);
    if (found !== undefined) {
      if (here !== path.resolve(folder)) await requireRepository(found);
      await requireOwn(found, sudoUser);
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

async function requireRepository(file: string): Promise<void> {
  if (!(await insideRepository(path.dirname(file))))
    throw notUsed(file, 'lies above this folder and outside a repository');
}

/** Both the name, which can be a link, and what it leads to. Windows has no such owners and modes. */
async function requireOwn(file: string, sudoUser: string | undefined): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined) return;
  const [name, target] = [await lstat(file), await stat(file)];
  const trusted = [0, user, ...(user === 0 && sudoUser !== undefined ? [Number(sudoUser)] : [])];
  if (![name, target].every(({ uid }) => trusted.includes(uid)))
    throw notUsed(file, 'belongs to another user');
  const others = writersOf(target);
  if (others !== undefined) throw notUsed(file, `can be written by ${others}`, `chmod go-w ${file}, or `);
}

function writersOf({ mode }: Stats): string | undefined {
  if ((mode & 0o002) !== 0) return 'everybody';
  return (mode & 0o020) === 0 ? undefined : 'its group';
}

function notUsed(file: string, why: string, remedy = ''): UserError {
  return new UserError(`"${file}" ${why}, so it is not used`, {
    hint: `${remedy}name it with --config ${file} if you trust it: it may name programs to run`,
  });
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
