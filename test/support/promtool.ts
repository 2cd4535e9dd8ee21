import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inCi } from './in-ci.ts';
import { builtServers } from './servers/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Newer servers than Debian's, compressed, where there are some. */
const newer = builtServers();
const cache = path.join(root, '.cache/bin');

export interface Program {
  readonly name: string;
  /** Absent: it is not here, and a test of it has to say so. */
  readonly path: string | undefined;
}

function onPath(name: string): string | undefined {
  const found = (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  return found.find((file) => existsSync(file));
}

function unpacked(name: string): string | undefined {
  const packed = path.join(newer, `${name}.xz`);
  const file = path.join(cache, `${name}-3`);
  if (existsSync(file)) return file;
  if (!existsSync(packed)) return undefined;
  mkdirSync(cache, { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, execFileSync('xz', ['-dc', packed], { maxBuffer: 1 << 30 }));
  chmodSync(partial, 0o755);
  renameSync(partial, file);
  return file;
}

/** The program of Debian's package, and the newer one. */
export const both = (name: 'promtool' | 'prometheus'): readonly Program[] => [
  { name: `${name} on the PATH`, path: onPath(name) },
  { name: `${name} 3`, path: unpacked(name) },
];

export const amtool: Program = { name: 'amtool on the PATH', path: onPath('amtool') };

/** Why a test cannot run; in CI the programs of Debian have to be there, so that there the test fails instead. */
export function missing({ name, path: file }: Program): boolean {
  if (file !== undefined) return false;
  if (inCi() && name.endsWith('on the PATH')) return false;
  console.warn(`not tested: there is no ${name}`);
  return true;
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program in this checkout to its end. */
export function ran({ name, path: file }: Program, args: readonly string[]): Ran {
  if (file === undefined)
    throw new Error(`there is no ${name}: apt-get install prometheus prometheus-alertmanager`);
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: root, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

/** What `promtool check metrics` says of a page: nothing, where all is well. */
export function promtoolOnMetrics({ name, path: file }: Program, page: string): Ran {
  if (file === undefined) throw new Error(`there is no ${name}: apt-get install prometheus`);
  const { status, stdout, stderr } = spawnSync(file, ['check', 'metrics'], { input: page, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}
