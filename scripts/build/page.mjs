import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles the script and the style of every page. A library that goes into every report takes its licence along. */
export async function bundlePages(root, outdir) {
  const licence = readFileSync(path.join(root, 'node_modules/diff/LICENSE'), 'utf8').trim();
  await build({
    absWorkingDir: root,
    entryPoints: [
      'src/reports/html/client/main.ts',
      'src/reports/html/page.css',
      'src/reports/html/index.css',
    ],
    outbase: 'src',
    outdir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    banner: { js: `/* jsdiff: ${licence.replaceAll('*/', '* /')} */` },
    logLevel: 'warning',
  });
  // One style for every page: its hash stands in their policy.
  const [style, index] = ['page.css', 'index.css'].map((name) => path.join(outdir, 'reports/html', name));
  writeFileSync(style, [style, index].map((file) => readFileSync(file, 'utf8').trim()).join(''));
  rmSync(index);
}
