import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './folders.ts';

/** The version in `package.json`, the one place where it stands. */
export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot(), 'package.json'), 'utf8');
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string')
    return value.version;
  throw new TypeError('package.json has no version');
}
