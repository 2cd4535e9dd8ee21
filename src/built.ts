import { readFileSync } from 'node:fs';
import type { Build, PageAssets } from './base/build.ts';
import { UserError, codeOf, exitCodes } from './base/errors.ts';

/** What `npm run build` left beside this file. */
export const built: Build = { revision, pageAssets };

function revision(): string {
  const value: unknown = JSON.parse(read('build.json') ?? '{}');
  return typeof value === 'object' &&
    value !== null &&
    'revision' in value &&
    typeof value.revision === 'string'
    ? value.revision
    : 'unknown';
}

let assets: PageAssets | undefined;

function pageAssets(): PageAssets {
  assets ??= { style: bundled('page.css'), script: bundled('client/main.js') };
  return assets;
}

function bundled(name: string): string {
  const text = read(`reports/html/${name}`);
  if (text !== undefined) return text.trim();
  throw new UserError('the style and the script of pages are not built', {
    hint: 'in a clone: npm run build, then node dist/cli.js',
    exitCode: exitCodes.error,
  });
}

function read(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, import.meta.url), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
