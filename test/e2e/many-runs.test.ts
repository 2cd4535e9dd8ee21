import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inFolder } from '../support/cli.ts';
import { recordRun } from '../support/recorded-runs.ts';
import { runId } from '../support/store-files.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const [count, openFiles] = [200, 128];

test(`a store of ${count} runs is listed and pruned by a process that may open ${openFiles} files`, () =>
  inFolder(async (folder) => {
    for (let at = 0; at < count; at += 1)
      await recordRun(path.join(folder, 'store'), { id: runId({ at }), questions: 1 });
    const flipgate = async (...words: readonly string[]): Promise<string> => {
      const script = `ulimit -n ${openFiles}; exec "$0" "$@"`;
      const args = ['-c', script, process.execPath, cli, ...words, '--store', 'store'];
      return (await promisify(execFile)('sh', args, { cwd: folder, maxBuffer: 1 << 24 })).stdout;
    };
    const { runs } = JSON.parse(await flipgate('runs', '--json')) as { runs: { status: string }[] };
    expect(runs).toHaveLength(count);
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['complete']));
    expect(await flipgate('runs', 'prune', '--keep', '1')).toBe(`${count - 1} runs deleted\n`);
  }));
