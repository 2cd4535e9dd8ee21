import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';

/** The commit that is checked out in `root`, with `-dirty` where files differ from it; `unknown` where `root` is no checkout of its own. */
export function revisionOf(root) {
  const top = git(root, 'rev-parse', '--show-toplevel');
  if (top === undefined || realpathSync(top) !== realpathSync(root)) return 'unknown';
  return git(root, 'describe', '--always', '--dirty', '--abbrev=40', '--exclude=*') ?? 'unknown';
}

function git(cwd, ...words) {
  const { status, stdout } = spawnSync('git', words, { cwd, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
