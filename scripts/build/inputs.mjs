import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** All that a build is made of: files and folders of the project. */
const inputs = [
  'src',
  'scripts/build.mjs',
  'scripts/build',
  'scripts/flipgate-grafana.ts',
  'scripts/grafana',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'node_modules/.package-lock.json', // the compiler, and the library in the page's script
];

/** A name for what `root` would be built to. */
export function inputHash(root) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((name) => filesIn(root, name))) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

function filesIn(root, name) {
  const place = path.join(root, name);
  if (!existsSync(place)) return [];
  if (path.extname(name) !== '') return [name];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}
