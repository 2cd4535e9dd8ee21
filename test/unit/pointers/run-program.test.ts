import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram, type Ended } from '../../../src/pointers/run-program.ts';
import { emptyStore } from '../../support/store-files.ts';

const environment = process.env;

async function shell(script: string, timeoutSeconds = 20): Promise<Ended & { readonly folder: string }> {
  const folder = await emptyStore();
  return {
    ...(await runProgram(['sh', '-c', script], { workingDirectory: folder, timeoutSeconds, environment })),
    folder,
  };
}

/** Whether a process runs; one that ended and that nobody has asked for does not. */
async function isAlive(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^State:\s+[^ZX]/mu.test(status);
}

test('a program that ends with 0 has done well; with anything else it has not', async () => {
  expect(await shell('echo moved; echo warned >&2')).toMatchObject({
    ok: true,
    how: 'exit code 0',
    output: expect.stringMatching(/moved/u),
  });
  expect(await shell('exit 3')).toMatchObject({ ok: false, how: 'exit code 3' });
  expect(await shell('kill -TERM $$')).toMatchObject({ ok: false, how: 'ended by SIGTERM' });
});

test('it gets no shell, no input, and the working directory', async () => {
  const folder = await emptyStore();
  const options = { workingDirectory: folder, timeoutSeconds: 20, environment };
  expect((await runProgram(['echo', '$HOME; `id`'], options)).output).toBe('$HOME; `id`\n');
  expect((await runProgram(['cat'], options)).ok).toBe(true);
  expect((await runProgram(['pwd', '-P'], options)).output.trim()).toContain(path.basename(folder));
});

test('the end of what it wrote is kept, to the last character', async () => {
  const { output } = await shell('head -c 300000 /dev/zero | tr "\\0" x; echo; echo "the end ä"');
  expect(output.endsWith('x\nthe end ä\n')).toBe(true);
  expect(output.length).toBeLessThanOrEqual(16_000);
});

test('past its time it is killed with everything it started', async () => {
  const { ok, how, folder } = await shell(
    'sleep 300 & echo $! > child; echo $$ > own; trap "" TERM; wait',
    0.3,
  );
  expect([ok, how]).toEqual([false, 'it was stopped after 0.3 s']);
  for (const name of ['child', 'own']) {
    const pid = (await readFile(path.join(folder, name), 'utf8')).trim();
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  }
});

test('what it leaves running in its group ends with it, and keeps nobody waiting', async () => {
  const { ok, folder } = await shell('sleep 300 & echo $! > child');
  expect(ok).toBe(true);
  const pid = (await readFile(path.join(folder, 'child'), 'utf8')).trim();
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

test('what left its group and holds its output open keeps nobody waiting either', async () => {
  const { ok, output, folder } = await shell(
    "echo moved; setsid sh -c 'echo $$ > away; exec sleep 300' & until test -s away; do sleep 0.01; done",
  );
  const pid = (await readFile(path.join(folder, 'away'), 'utf8')).trim();
  onTestFinished(() => void process.kill(Number(pid)));
  expect([ok, output, await isAlive(pid)]).toEqual([true, 'moved\n', true]);
});

test.each([
  ['a program that is missing', ['/nowhere/program']],
  ['a folder', ['/tmp']],
  ['an empty name', ['']],
  ['nothing at all', []],
  ['a NUL in an argument', ['echo', '\u0000']],
])('%s is told, and never thrown', async (_what, command) => {
  const ended = await runProgram(command, { workingDirectory: '/', timeoutSeconds: 5, environment });
  expect(ended).toMatchObject({
    ok: false,
    how: expect.stringMatching(/^it cannot be started: /u),
    output: '',
  });
});

test('a working directory that is gone is told', async () => {
  expect(
    await runProgram(['true'], { workingDirectory: '/nowhere', timeoutSeconds: 5, environment }),
  ).toMatchObject({
    ok: false,
  });
});
