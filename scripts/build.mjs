// Builds the program: `npm run build`. What is built goes into a folder of its own, and then `dist` names it, in one step: a program that is
// started meanwhile loads one build or the other, and one that runs keeps the modules that it began with. What is built already is not built again.
// `--folder` makes `dist` a real folder, which is what `npm pack` takes, and pins what is installed with it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleGrafana } from './build/grafana.mjs';
import { inputHash } from './build/inputs.mjs';
import { bundleProgram } from './build/program.mjs';
import { bundlePages } from './build/page.mjs';
import { revisionOf } from './build/revision.mjs';
import { writeSchemas } from './build/schemas.mjs';
import { removeShrinkwrap, writeShrinkwrap } from './build/shrinkwrap.mjs';
import { copyInto, pointAt, removeOldBuilds } from './build/swap.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const builds = path.join(root, '.builds');

mkdirSync(builds, { recursive: true });
const folder = path.join(builds, inputHash(root));
if (existsSync(folder) || (await buildInto(folder))) {
  noteRevision(folder);
  await writeSchemas(root, folder);
  if (process.argv.includes('--folder')) {
    copyInto(root, folder);
    writeShrinkwrap(root);
  } else {
    pointAt(root, folder);
    removeShrinkwrap(root);
  }
  removeOldBuilds(builds, folder);
} else process.exitCode = 1;

/** All of it or nothing: a build that fails leaves what is there as it is. Returns whether it was built. */
async function buildInto(target) {
  const unfinished = mkdtempSync(path.join(builds, 'unfinished-'));
  try {
    if (!declareTypes(unfinished)) return false;
    await bundleProgram(root, unfinished);
    await bundlePages(root, unfinished);
    await bundleGrafana(root, unfinished);
    moveInto(target, unfinished);
    return true;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Checks the types, and writes those that other programs see. */
function declareTypes(outDir) {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const words = [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir];
  return spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status === 0;
}

function moveInto(target, unfinished) {
  try {
    renameSync(unfinished, target);
  } catch (error) {
    if (!existsSync(target)) throw error; // else somebody else has built the same meanwhile
  }
}

/** Beside the code, not in it: the next commit needs no other build. */
function noteRevision(target) {
  const file = path.join(target, 'build.json');
  const content = `${JSON.stringify({ revision: revisionOf(root) })}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}
