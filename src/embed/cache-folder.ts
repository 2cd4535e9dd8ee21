import { homedir } from 'node:os';
import path from 'node:path';

/** Where vectors and downloaded models are kept: `FLIPGATE_CACHE`, else `$XDG_CACHE_HOME/flipgate`, else `~/.cache/flipgate`. */
export function defaultCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['FLIPGATE_CACHE'];
  if (own !== undefined && own !== '') return path.resolve(own);
  const shared = environment['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path is to be ignored.
  if (shared !== undefined && path.isAbsolute(shared)) return path.join(shared, 'flipgate');
  const home = environment['HOME'];
  return path.join(home === undefined || home === '' ? homedir() : home, '.cache', 'flipgate');
}
