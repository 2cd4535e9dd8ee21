import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { flipgate, type Finished } from './cli.ts';

const preload = fileURLToPath(new URL('failing-writes.mjs', import.meta.url));

export interface Broken extends Finished {
  /** What the command changed in the store, a line each, up to where it broke. */
  readonly changes: readonly string[];
}

/** Runs a command in a folder, whose change number `at` of the store is broken; at 0 none is. */
export async function broken(
  folder: string,
  words: readonly string[],
  { how, at }: { readonly how: string; readonly at: number },
): Promise<Broken> {
  const log = path.join(folder, 'changes.log');
  await rm(log, { force: true });
  const finished = await flipgate(folder, words, {
    NODE_OPTIONS: `--import=${preload}`,
    TEST_STORE: path.join(folder, 'reports'),
    TEST_AT: String(at),
    TEST_HOW: how,
    TEST_LOG: log,
  });
  const changes = (await readFile(log, 'utf8').catch(() => '')).split('\n').slice(0, -1);
  return { ...finished, changes };
}
