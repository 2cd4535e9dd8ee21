import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A script of this folder as one file, as the program is built: what it imports of the sources is compiled into it. Returns where it is. */
export async function bundled(name: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`../.cache/bench/${name}`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return outfile;
}
