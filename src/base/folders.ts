import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder that `package.json` and what ships beside the program are in, wherever it was built. */
export function packageRoot(): string {
  return path.dirname(createRequire(import.meta.url).resolve('flipgate/package.json'));
}
