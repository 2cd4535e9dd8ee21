import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const parts = ['src', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** The project without what is built, and with the libraries of this checkout. */
async function project(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-build-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const part of parts) await cp(path.join(root, part), path.join(folder, part), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

function node(folder: string, words: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

const build = (folder: string): Promise<{ code: number | null; said: string }> =>
  node(folder, ['scripts/build.mjs']);

/** Another name for what one module exports and many import. */
async function rename(folder: string, from: string, to: string): Promise<void> {
  const source = path.join(folder, 'src');
  const names = await readdir(source, { recursive: true });
  for (const file of names.filter((name) => name.endsWith('.ts')).map((name) => path.join(source, name))) {
    const text = await readFile(file, 'utf8');
    if (text.includes(from)) await writeFile(file, text.replaceAll(from, to));
  }
}

test('a command that runs while the program is built anew sees one build, never parts of two', async () => {
  const folder = await project();
  expect(await build(folder)).toEqual({ code: 0, said: '' });
  let isBuilding = true;
  const faults: unknown[] = [];
  const commands = (async () => {
    for (let count = 0; ; count += 1) {
      const ran = await node(folder, ['dist/cli.js', 'runs', '--help']);
      if (ran.code !== 0) faults.push(ran);
      if (!isBuilding) return count;
    }
  })();
  const built: unknown[] = [];
  for (const [from, to] of [
    ['UserError', 'MistakeOfTheUser'],
    ['MistakeOfTheUser', 'UsersMistake'],
  ] as const) {
    await rename(folder, from, to);
    built.push(await build(folder));
  }
  isBuilding = false;
  expect(await commands).toBeGreaterThan(0);
  expect([built, faults]).toEqual([
    [
      { code: 0, said: '' },
      { code: 0, said: '' },
    ],
    [],
  ]);
});

test('a build that fails leaves the one that is there, and says what is wrong', async () => {
  const folder = await project();
  await build(folder);
  const file = path.join(folder, 'src/main.ts');
  await writeFile(file, `${await readFile(file, 'utf8')}\nexport const wrong: number = 'a word';\n`);
  const failed = await build(folder);
  expect([failed.code, failed.said]).toEqual([1, expect.stringContaining('main.ts')]);
  expect(await node(folder, ['dist/cli.js', '--version'])).toMatchObject({ code: 0 });
});
