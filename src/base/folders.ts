import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

/** The folder that `package.json` and what ships beside the program are in, wherever it was built. */
export function packageRoot(): string {
  return path.dirname(createRequire(import.meta.url).resolve('flipgate/package.json'));
}

/** Where the programs of a user keep things of one kind: what the XDG variable names, else `fallback` in the user's home. */
export function userFolder(
  environment: Readonly<Record<string, string | undefined>>,
  { variable, fallback }: { readonly variable: string; readonly fallback: string },
): string {
  const named = environment[variable];
  // The XDG specification says that a relative path is to be ignored.
  if (named !== undefined && path.isAbsolute(named)) return named;
  const { HOME: home = '' } = environment;
  return path.join(home === '' ? homedir() : home, fallback);
}
