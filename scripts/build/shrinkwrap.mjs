import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const name = 'npm-shrinkwrap.json';

/** Writes what was tested as what is installed: the lock file without what only development needs. */
export function writeShrinkwrap(root) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const { '': own, ...others } = lock.packages;
  const { devDependencies: _ours, ...used } = own;
  const packages = Object.entries(others).filter(([, { dev }]) => dev !== true);
  const content = { ...lock, packages: { '': used, ...Object.fromEntries(packages) } };
  writeFileSync(path.join(root, name), `${JSON.stringify(content, null, 2)}\n`);
}

/** In a clone the lock file is what counts. */
export function removeShrinkwrap(root) {
  rmSync(path.join(root, name), { force: true });
}
