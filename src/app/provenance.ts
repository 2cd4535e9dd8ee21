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
    ...(await revisionOf(world.workingDirectory)),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    arguments: world.arguments.map((argument) => redact(argument)),
    config_sha256: config.sha256,
  };
}

async function revisionOf(folder: string): Promise<{ revision: string; dirty: boolean } | undefined> {
  try {
    const [head, status] = await Promise.all([
      git(folder, ['rev-parse', 'HEAD']),
      git(folder, ['status', '--porcelain', '--untracked-files=no']),
    ]);
    return { revision: head.trim(), dirty: status.trim() !== '' };
  } catch {
    return undefined;
  }
}

/** A strange repository's settings must not run programs, and asking takes no locks. */
async function git(folder: string, words: readonly string[]): Promise<string> {
  const safe = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const { stdout } = await execute('git', [...safe, ...words], {
    cwd: folder,
    timeout: 3000,
    windowsHide: true,
  });
  return stdout;
}
