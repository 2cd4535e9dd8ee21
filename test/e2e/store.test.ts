import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { startArm, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, json, jsonLines, runFolders, writeGold, type Finished } from '../support/cli.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const cache = fileURLToPath(new URL('../../.cache/test-vectors', import.meta.url));
const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(): Promise<ArmServer> {
  const server = await startArm();
  servers.push(server);
  return server;
}

/** Runs a line of bash in which `flipgate` is the built CLI. */
function bash(folder: string, line: string): Promise<Finished> {
  const script = `set -o pipefail; flipgate() { "${process.execPath}" "${cli}" "$@"; }; ${line}`;
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, FLIPGATE_CACHE: cache },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

const mounts =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  (await bash('/', 'unshare --mount true')).code === 0;

test('scores that do not fit on the disk are an error, and the ones before them stay whole', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    const seeds = Array.from({ length: 25 }, (_, index) => index).join();
    expect(
      (
        await flipgate(folder, [
          'run',
          '--blue',
          blue.url,
          '--gold',
          'gold.jsonl',
          '--seeds',
          seeds,
          '--quiet',
        ])
      ).code,
    ).toBe(0);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    const before = await Promise.all(
      ['run.json', 'scores.jsonl'].map((name) => readFile(path.join(run, name), 'utf8')),
    );
    expect(before[1]!.length).toBeGreaterThan(20 * 1024);
    // The scores of one question are one write, which the system cuts at 20 kB.
    const result = await bash(folder, 'ulimit -f 20; flipgate runs score blue');
    expect([result.code, result.stderr]).toEqual([
      4,
      expect.stringContaining('scores.jsonl" cannot be written'),
    ]);
    expect(
      await Promise.all(['run.json', 'scores.jsonl'].map((name) => readFile(path.join(run, name), 'utf8'))),
    ).toEqual(before);
    expect((await readdir(run)).sort()).toEqual([
      'calls.jsonl',
      'plan.json',
      'report.html',
      'run.json',
      'scores.jsonl',
      'snippets.jsonl',
    ]);
    const again = await flipgate(folder, ['runs', 'score', 'blue']);
    expect(again.code).toBe(0);
    expect(
      await Promise.all(['run.json', 'scores.jsonl'].map((name) => readFile(path.join(run, name), 'utf8'))),
    ).toEqual(before);
  }));

test('a journal that cannot be fixed for want of room stays as it was', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 4);
    const args = ['--blue', blue.url, '--no-scores', '--quiet'];
    expect((await flipgate(folder, ['run', '--gold', 'gold.jsonl', ...args])).code).toBe(0);
    const calls = path.join((await runFolders(path.join(folder, 'reports')))[0]!, 'calls.jsonl');
    await writeFile(calls, `${await readFile(calls, 'utf8')}{"torn`);
    const before = await readFile(calls, 'utf8');
    const result = await bash(folder, `ulimit -f 8; flipgate run --resume ${args.join(' ')}`);
    expect([result.code, await readFile(calls, 'utf8')]).toEqual([4, before]);
    expect((await flipgate(folder, ['run', '--resume', ...args])).code).toBe(0);
    expect([await jsonLines(calls), blue.received].map(({ length }) => length)).toEqual([32, 32]);
  }));

test.runIf(mounts)('a small disk that fills up ends a run with 4; with room again the run is finished', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 12);
    await mkdir(path.join(folder, 'small'));
    const args = `--blue ${blue.url} --no-scores --quiet --store small/reports`;
    const lines = [
      'mount -t tmpfs -o size=64k tmpfs small',
      `flipgate run --gold gold.jsonl ${args}`,
      'echo "first $?"',
      'ls small/reports/*/run.json 2> /dev/null',
      'mount -o remount,size=4m small',
      `flipgate run --resume ${args}`,
      'echo "second $?"',
      'wc -l < small/reports/*-blue-*/calls.jsonl',
    ];
    // In a mount namespace of its own, so that nothing is left mounted.
    await writeFile(path.join(folder, 'script.sh'), lines.join('\n'));
    const result = await bash(folder, `export -f flipgate; unshare --mount bash script.sh`);
    expect(result.stderr).toContain('the disk is full');
    expect(result.stdout).toMatch(/^first 4\n[\s\S]*second 0\n96\n$/u);
    expect(result.stdout).not.toContain('run.json');
  }),
);

test.runIf(mounts)('a read-only store is an error with 4 before the first call', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    await mkdir(path.join(folder, 'reports'));
    const run = `flipgate run --blue ${blue.url} --gold gold.jsonl --no-scores --quiet`;
    const result = await bash(
      folder,
      `export -f flipgate; unshare --mount bash -c 'mount --bind reports reports && mount -o remount,bind,ro reports && ${run}'`,
    );
    expect([result.code, blue.received.length]).toEqual([4, 0]);
    expect(result.stderr).toMatch(
      /cannot be written: (?:the file system is read-only|its folder is not there and cannot be made)\n/u,
    );
  }),
);

test('a reader that goes away before the end is no error, and the record is written', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    const result = await bash(
      folder,
      `flipgate run --blue ${blue.url} --gold gold.jsonl --no-scores 2>&1 | head -0`,
    );
    expect([result.code, result.stderr]).toEqual([0, '']);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    expect((await json(path.join(run, 'run.json')))['status']).toBe('complete');
  }));

test.runIf(process.platform === 'linux')(
  'an output that cannot be written to changes nothing about the record',
  () =>
    inFolder(async (folder) => {
      const blue = await arm();
      await writeGold(folder, 1);
      await bash(folder, `flipgate run --blue ${blue.url} --gold gold.jsonl --no-scores > /dev/full`);
      const run = (await runFolders(path.join(folder, 'reports')))[0]!;
      expect((await json(path.join(run, 'run.json')))['status']).toBe('complete');
    }),
);

test.each([
  { who: 'nobody but its owner', storeMode: undefined, file: 0o600, folder: 0o700 },
  { who: 'whom the configuration names', storeMode: '0640', file: 0o640, folder: 0o750 },
])('a store can be read by $who', ({ storeMode, file, folder }) =>
  inFolder(async (site) => {
    const [blue, green] = [await arm(), await arm()];
    const arms = { blue: { kind: 'http', url: blue.url }, green: { kind: 'http', url: green.url } };
    await writeGold(site, 2);
    await writeFile(
      path.join(site, 'flipgate.yaml'),
      JSON.stringify({ gold: 'gold.jsonl', arms, storeMode }),
    );
    await flipgate(site, ['run', '--quiet']);
    await flipgate(site, ['gate', 'acceptance']);
    await flipgate(site, ['drill', 'record', '--pointer', 'edge', '--ttr', '40']);
    const entries = await readdir(path.join(site, 'reports'), { recursive: true, withFileTypes: true });
    const modes = await Promise.all(
      entries.map(async (entry) => {
        const place = path.join(entry.parentPath, entry.name);
        return [place, (await stat(place)).mode & 0o777, entry.isDirectory() ? folder : file] as const;
      }),
    );
    expect(modes.length).toBeGreaterThan(15);
    expect(modes.filter(([, found, wanted]) => found !== wanted)).toEqual([]);
  }),
);
