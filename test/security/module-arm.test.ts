import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { flipgate, inFolder, writeGold } from '../support/cli.ts';

const ends = {
  'exits with 0 while it is asked': `export const ask = () => process.exit(0);`,
  'exits with 3 while it is asked': `export const ask = () => process.exit(3);`,
  'throws where nobody catches it': `export const ask = () => new Promise(() => setTimeout(() => { throw new Error('lost') }, 5));`,
  'exits when it is loaded': `process.exit(0); export const ask = () => ({ answer: 'x' });`,
  'exits when it is closed': `export const ask = () => ({ answer: 'x' }); export const close = () => process.exit(0);`,
};

test.each(Object.entries(ends))('a module that %s ends nothing with a verdict’s code', async (_, module) => {
  await inFolder(async (folder) => {
    await writeGold(folder, 3);
    await writeFile(path.join(folder, 'arm.mjs'), module);
    const arm = { kind: 'module', module: 'arm.mjs', timeoutSeconds: 3600 };
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      JSON.stringify({ gold: 'gold.jsonl', arms: { blue: arm, green: arm } }),
    );
    const { code, stderr } = await flipgate(folder, ['run', '--quiet', '--gate', 'acceptance']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('the process ended before flipgate was done');
  });
});

test('a module that exits later does not change what was decided', async () => {
  await inFolder(async (folder) => {
    await writeGold(folder, 3);
    const leave = 'setTimeout(() => process.exit(0), 1)';
    await writeFile(
      path.join(folder, 'arm.mjs'),
      `export const ask = () => ({ answer: 'x', retrieved: [] }); process.on('beforeExit', () => ${leave});`,
    );
    const arm = { kind: 'module', module: 'arm.mjs' };
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      JSON.stringify({ gold: 'gold.jsonl', arms: { blue: arm, green: arm } }),
    );
    const { code, stderr } = await flipgate(folder, ['run', '--quiet', '--gate', 'acceptance']);
    expect([1, 3, 4]).toContain(code);
    expect(stderr).not.toContain('the process ended before');
  });
});
