import { readFile } from 'node:fs/promises';
import type { Build, PageAssets } from '../../src/base/build.ts';

/** What a build would know, without one: pages have a style and a script, and no browser is to run them. */
export const testBuild: Build = {
  revision: () => 'test',
  pageAssets: () => ({ style: 'main { display: block }', script: 'void 0' }),
};

/** What pages have that a browser is to show. */
export async function builtAssets(): Promise<PageAssets> {
  const read = (name: string): Promise<string> =>
    readFile(new URL(`../../dist/reports/html/${name}`, import.meta.url), 'utf8');
  return { style: (await read('page.css')).trim(), script: (await read('client/main.js')).trim() };
}
