import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { startArm, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, json, runFolders, writeGold } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(): Promise<ArmServer> {
  const server = await startArm();
  servers.push(server);
  return server;
}

test.each([
  [],
  ['run'],
  ['check'],
  ['demo'],
  ['init'],
  ['runs'],
  ['runs', 'prune'],
  ['runs', 'score'],
  ['gold'],
  ['gold', 'lint'],
  ['gold', 'hash'],
  ['gold', 'import'],
  ['gold', 'export'],
  ['index'],
  ['index', 'build'],
  ['compare'],
  ['gate'],
  ['report'],
  ['drill'],
  ['drill', 'record'],
])('the help of "%s %s" has an example', (...command: string[]) =>
  inFolder(async (folder) => {
    const result = await flipgate(folder, [...command.filter((word) => word !== undefined), '--help']);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/Example:\n +\$ flipgate /u);
  }),
);

test.each([
  ['nonsense'],
  ['run', '--bogus'],
  ['run', '--concurrency', 'many'],
  ['run', '--seeds', '1,x'],
  ['demo', '--scenario', 'none'],
  ['runs', 'prune'],
])('wrong usage "%s %s %s" ends with 2 and a message', (...words: string[]) =>
  inFolder(async (folder) => {
    const result = await flipgate(
      folder,
      words.filter((word) => word !== undefined),
    );
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain('error: ');
  }),
);

test('without a configuration and without URLs it says what to do', () =>
  inFolder(async (folder) => {
    await writeGold(folder, 1);
    const result = await flipgate(folder, ['run', '--gold', 'gold.jsonl']);
    expect([result.code, result.stderr]).toEqual([
      2,
      expect.stringContaining('name URLs with --blue and --green'),
    ]);
  }));

test('a missing and an empty gold set are refused before a call is made', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    expect((await flipgate(folder, ['run', '--blue', blue.url])).code).toBe(2);
    await writeFile(path.join(folder, 'empty.jsonl'), '');
    expect((await flipgate(folder, ['run', '--blue', blue.url, '--gold', 'empty.jsonl'])).code).toBe(2);
    expect(blue.received).toHaveLength(0);
  }));

test('a store that cannot be made is a clear error with exit 4', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    await writeFile(path.join(folder, 'file'), '');
    const result = await flipgate(folder, [
      'run',
      '--blue',
      blue.url,
      '--gold',
      'gold.jsonl',
      '--store',
      'file/reports',
    ]);
    expect([result.code, blue.received.length]).toEqual([4, 0]);
    expect(result.stderr).toContain('cannot be');
  }));

test('a disk that fills up ends with 4, keeps what was written and can be resumed', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 8);
    const command = `ulimit -f 24; exec ${process.execPath} ${root}dist/cli.js run --blue ${blue.url} --gold gold.jsonl --no-scores --concurrency 2`;
    const child = spawn('bash', ['-c', command], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([4, expect.stringContaining('cannot be written')]);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    expect(await readdir(run)).not.toContain('run.json');
    expect((await flipgate(folder, ['run', '--resume', '--blue', blue.url, '--no-scores'])).code).toBe(0);
    expect((await json(path.join(run, 'run.json')))['summary']['calls']['ok']).toBe(64);
  }));

test('a reader that goes away is no error', () =>
  inFolder(async (folder) => {
    const command = `set -o pipefail; ${process.execPath} ${root}dist/cli.js --help | head -1`;
    const child = spawn('bash', ['-c', command], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    expect([await new Promise((resolve) => child.once('close', resolve)), stderr]).toEqual([0, '']);
  }));

test('a model file with one byte changed, or missing, ends with 4 and is named', () =>
  inFolder(async (folder) => {
    for (const part of ['dist', 'models', 'package.json'])
      await cp(path.join(root, part), path.join(folder, 'copy', part), {
        recursive: true,
        dereference: true,
      });
    await import('node:fs/promises').then(({ symlink }) =>
      symlink(path.join(root, 'node_modules'), path.join(folder, 'copy', 'node_modules')),
    );
    const file = path.join(folder, 'copy', 'models', 'all-MiniLM-L6-v2', 'tokenizer.json');
    const bytes = await readFile(file);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const blue = await arm();
    await writeGold(folder, 1);
    const child = spawn(
      process.execPath,
      [path.join(folder, 'copy', 'dist', 'cli.js'), 'run', '--blue', blue.url, '--gold', 'gold.jsonl'],
      { cwd: folder, env: { HOME: folder } },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    expect([await new Promise((resolve) => child.once('close', resolve)), blue.received.length]).toEqual([
      4, 0,
    ]);
    expect(stderr).toContain('tokenizer.json');
  }));

test('init writes what check and run can load, and never overwrites', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    expect((await flipgate(folder, ['init'])).code).toBe(0);
    const checked = await flipgate(folder, ['check', '--arm', 'blue'], {
      BLUE_URL: blue.url,
      GREEN_URL: blue.url,
    });
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('next: flipgate run')]);
    await writeFile(path.join(folder, 'flipgate.yaml'), '# mine\n');
    expect((await flipgate(folder, ['init'])).code).toBe(2);
    expect(await readFile(path.join(folder, 'flipgate.yaml'), 'utf8')).toBe('# mine\n');
  }));

test('check tells an arm that is down, with advice, and ends with 4', () =>
  inFolder(async (folder) => {
    await writeGold(folder, 1);
    const result = await flipgate(folder, [
      'check',
      '--blue',
      'http://127.0.0.1:9/ask',
      '--gold',
      'gold.jsonl',
    ]);
    expect([result.code, result.stdout]).toEqual([4, expect.stringContaining('try it with curl')]);
  }));

test('check --json is one document with every field of the contract, found or not', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    const result = await flipgate(folder, ['check', '--blue', blue.url, '--gold', 'gold.jsonl', '--json']);
    expect(result.code).toBe(0);
    const { gold, cells, arms } = JSON.parse(result.stdout) as Record<string, any>;
    expect([gold.questions, cells, arms.length, arms[0].arm, arms[0].outcome]).toEqual([
      1,
      8,
      1,
      'blue',
      'ok',
    ]);
    expect(arms[0].fields.map(({ field }: { field: string }) => field)).toEqual([
      'answer',
      'retrieved',
      'citations',
      'stages',
      'versions',
      'tool_calls',
      'side_effects',
      'dedupe_hits',
      'usage',
    ]);
    expect(JSON.parse(arms[0].fields[4].found)).toEqual(blue.versions);
  }));

test('a configuration above the folder is used inside one repository only', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      `gold: gold.jsonl\narms: { blue: { kind: http, url: "${blue.url}" } }\n`,
    );
    await mkdir(path.join(folder, 'below'));
    expect((await flipgate(path.join(folder, 'below'), ['run', '--dry-run'])).code).toBe(2);
    await mkdir(path.join(folder, '.git'));
    expect((await flipgate(path.join(folder, 'below'), ['run', '--dry-run'])).code).toBe(0);
  }));
