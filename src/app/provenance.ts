import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { packageVersion } from '../base/version.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import type { RunRecord } from '../scoring/record.ts';
import type { Redact } from '../base/redact.ts';

const execute = promisify(execFile);

/** Where a record comes from: this program, this machine, the revision of the folder it was started in (where the gold set and the configuration live). */
export async function provenanceOf(
  world: World,
  config: Config,
  redact: Redact,
): Promise<RunRecord['provenance']> {
  return {
    version: packageVersion(),
    ...(await revisionOf(world)),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    arguments: world.arguments.map((argument) => redact(argument)),
    config_sha256: config.sha256,
  };
}

async function revisionOf(world: World): Promise<{ revision: string; dirty: boolean } | undefined> {
  try {
    const careful = await withoutFilters(world);
    const [head, status] = await Promise.all([
      git(world, ['rev-parse', 'HEAD']),
      git(careful, ['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=all']),
    ]);
    return { revision: head.trim(), dirty: status.trim() !== '' };
  } catch {
    return undefined;
  }
}

type Asking = Pick<World, 'workingDirectory' | 'environment'>;

/** A filter of the repository's own settings is a program that `status` runs: each is set to none, by the environment, which takes any name. */
async function withoutFilters({ workingDirectory, environment }: Asking): Promise<Asking> {
  const list = ['config', '--null', '--name-only', '--get-regexp', '^filter\\.'];
  // Without any git ends with 1.
  const listed = await git({ workingDirectory, environment }, list).catch(() => '');
  const keys = listed.split('\0').filter((key) => key !== '');
  const first = Number(environment['GIT_CONFIG_COUNT'] ?? 0);
  const pairs = keys.flatMap((key, index): readonly (readonly [string, string])[] => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, key.endsWith('.required') ? 'false' : ''],
  ]);
  const off = { GIT_CONFIG_COUNT: String(first + keys.length), ...Object.fromEntries(pairs) };
  return { workingDirectory, environment: { ...environment, ...off } };
}

/** A strange repository's settings must not run programs, and asking takes no locks. */
async function git({ workingDirectory, environment }: Asking, words: readonly string[]): Promise<string> {
  const safe = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const { stdout } = await execute('git', [...safe, ...words], {
    cwd: workingDirectory,
    env: environment,
    timeout: 3000,
    windowsHide: true,
  });
  return stdout;
}
