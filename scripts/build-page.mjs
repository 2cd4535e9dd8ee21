// Bundles the report page's script and style into dist: run by `npm run build`. A library that goes into every report takes its licence along.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const licence = readFileSync(new URL('../node_modules/diff/LICENSE', import.meta.url), 'utf8').trim();

await build({
  absWorkingDir: root,
  entryPoints: ['src/reports/html/client/main.ts', 'src/reports/html/page.css', 'src/reports/html/index.css'],
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  banner: { js: `/* jsdiff: ${licence.replaceAll('*/', '* /')} */` },
  logLevel: 'warning',
});

// One style for every page: its hash stands in their policy.
const styles = ['page.css', 'index.css'].map((name) =>
  fileURLToPath(new URL(`../dist/reports/html/${name}`, import.meta.url)),
);
writeFileSync(styles[0], styles.map((file) => readFileSync(file, 'utf8').trim()).join(''));
rmSync(styles[1]);
