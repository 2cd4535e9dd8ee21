import path from 'node:path';
import { userFolder } from '../base/folders.ts';

/** Where vectors and downloaded models are kept: `FLIPGATE_CACHE`, else `$XDG_CACHE_HOME/flipgate`, else `~/.cache/flipgate`. */
export function defaultCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['FLIPGATE_CACHE'];
  if (own !== undefined && own !== '') return path.resolve(own);
  return path.join(userFolder(environment, { variable: 'XDG_CACHE_HOME', fallback: '.cache' }), 'flipgate');
}
