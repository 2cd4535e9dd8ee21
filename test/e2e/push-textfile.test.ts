import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { flipgate, type Finished } from '../support/cli.ts';
import { samplesOfPage } from '../support/exposition.ts';
import { both, missing, promtoolOnMetrics } from '../support/promtool.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

async function folderWithRuns(): Promise<string> {
  const folder = await emptyStore();
  for (const arm of ['blue', 'green']) await writeRun(path.join(folder, 'reports'), { arm });
  await writeVerdict(path.join(folder, 'reports'), passedNow());
  await mkdir(path.join(folder, 'collected'));
  return folder;
}

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const push = (folder: string, file = 'collected/flipgate.prom'): Promise<Finished> =>
  flipgate(folder, ['push', '--textfile', file]);

test('the file has every series, and nothing else is left in its folder', async () => {
  const folder = await folderWithRuns();
  expect(await push(folder)).toEqual({ code: 0, stdout: 'wrote collected/flipgate.prom\n', stderr: '' });
  const samples = samplesOfPage(await readFile(path.join(folder, 'collected/flipgate.prom'), 'utf8'));
  expect([...samples.keys()]).toContain('flipgate_coverage_ratio{arm="green",stat="mean"}');
  expect(await readdir(path.join(folder, 'collected'))).toEqual(['flipgate.prom']);
});

test.for(both('promtool'))('$name finds nothing to complain about in it', async (promtool, context) => {
  if (missing(promtool)) return context.skip(`there is no ${promtool.name}`);
  const folder = await folderWithRuns();
  await push(folder);
  expect(
    promtoolOnMetrics(promtool, await readFile(path.join(folder, 'collected/flipgate.prom'), 'utf8')),
  ).toEqual({
    code: 0,
    output: '',
  });
});

test(
  'who reads it while it is written fifty times never sees a part of it',
  { timeout: 180_000 },
  async () => {
    const folder = await folderWithRuns();
    const file = path.join(folder, 'collected/flipgate.prom');
    await push(folder);
    const whole = await readFile(file, 'utf8');
    const last = whole.trimEnd().split('\n').at(-1) ?? '';
    let pushing = true;
    let looks = 0;
    const torn: string[] = [];
    const reader = (async () => {
      while (pushing) {
        const text = await readFile(file, 'utf8');
        looks += 1;
        // Other values have other lengths: its beginning, its end and its number of lines are those of a whole file.
        if (!text.endsWith(`${last}\n`) || text.split('\n').length !== whole.split('\n').length)
          torn.push(text);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let round = 0; round < 10; round += 1) {
      const pushed = await Promise.all(Array.from({ length: 5 }, () => push(folder)));
      expect(pushed.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    }
    pushing = false;
    await reader;
    expect(torn).toEqual([]);
    expect(looks).toBeGreaterThan(50);
    expect(await readdir(path.join(folder, 'collected'))).toEqual(['flipgate.prom']);
  },
);

test('a folder that is not there is an error with 4, and is not made', async () => {
  const folder = await folderWithRuns();
  await rm(path.join(folder, 'collected'), { recursive: true });
  const { code, stdout, stderr } = await push(folder);
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain(
    'error: "collected/flipgate.prom" cannot be written: its folder is not there\nhint: ',
  );
  expect(stderr).toContain('--collector.textfile.directory');
  expect(await readdir(folder)).not.toContain('collected');
});

test('a file in the place of the folder is an error with 4', async () => {
  const folder = await folderWithRuns();
  await writeFile(path.join(folder, 'flat'), 'x');
  const { code, stderr } = await push(folder, 'flat/flipgate.prom');
  expect([code, stderr]).toEqual([
    4,
    expect.stringContaining('cannot be written: a part of the path is a file\nhint: the folder is'),
  ]);
});

test('a folder in the place of the file is an error with 4, and leaves nothing behind', async () => {
  const folder = await folderWithRuns();
  await mkdir(path.join(folder, 'collected/flipgate.prom/x'), { recursive: true });
  const { code, stderr } = await push(folder);
  expect([code, stderr]).toEqual([4, expect.stringContaining('flipgate.prom" cannot be written: ')]);
  expect(await readdir(path.join(folder, 'collected'))).toEqual(['flipgate.prom']);
});

test.runIf(canMount())('a read-only folder is an error with 4, and what stood there stands', async () => {
  const folder = await folderWithRuns();
  await push(folder);
  const before = await readFile(path.join(folder, 'collected/flipgate.prom'), 'utf8');
  await writeRun(path.join(folder, 'reports'), { at: 60 });
  // In a mount namespace of its own, so that nothing is left mounted.
  const script =
    'mount --bind collected collected && mount -o remount,bind,ro collected && "$@" push --textfile collected/flipgate.prom';
  const { status, stderr } = spawnSync(
    'unshare',
    ['--mount', 'sh', '-c', script, 'sh', process.execPath, cli],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  expect([status, stderr]).toEqual([
    4,
    expect.stringContaining('cannot be written: the file system is read-only\nhint: the folder is'),
  ]);
  expect(await readFile(path.join(folder, 'collected/flipgate.prom'), 'utf8')).toBe(before);
  expect(await readdir(path.join(folder, 'collected'))).toEqual(['flipgate.prom']);
});

test('another ending is a usage error: node_exporter would not read it', async () => {
  const { code, stderr } = await push(await folderWithRuns(), 'collected/flipgate.txt');
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('does not end with ".prom"\nhint: node_exporter'),
  ]);
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
