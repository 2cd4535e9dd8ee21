import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/base/canonical.ts';
import { flipgate, type Finished } from '../support/cli.ts';
import { gateStore } from '../support/gate-store.ts';

const store = gateStore();

const tellThreads = `
  import { subscribe } from 'node:diagnostics_channel';
  subscribe('worker_threads', () => process.stderr.write('a thread began\\n'));
`;

/** Gives every call so many bytes more that a run of some hundred is a large one. */
async function enlarge(name: string): Promise<void> {
  const file = path.join(await store.runOf(name), 'calls.jsonl');
  const padding = `{"padding":"${'x'.repeat(100_000)}",`;
  const content = (await readFile(file, 'utf8')).replaceAll(/^\{/gmu, padding);
  await writeFile(file, content);
  await store.editRecord(name, (record) => {
    record['files']['calls.jsonl'] = sha256(content);
  });
}

function judge(): Promise<Finished> {
  const preload = `data:text/javascript,${encodeURIComponent(tellThreads)}`;
  return flipgate(store.folder, ['gate', 'acceptance', '--json'], { NODE_OPTIONS: `--import=${preload}` });
}

async function judgedRules(): Promise<{ readonly rules: unknown; readonly threads: number }> {
  const { code, stdout, stderr } = await judge();
  expect(code).toBe(0);
  return { rules: JSON.parse(stdout).rules, threads: stderr.split('a thread began').length - 1 };
}

test('large runs are read beside each other, and their verdict is the same', async () => {
  const small = await judgedRules();
  await enlarge('blue');
  const large = await judgedRules();
  expect([small.threads, large.threads]).toEqual([0, 1]);
  expect(large.rules).toEqual(small.rules);
});

test('what is wrong with a run that is read beside another is said as ever', async () => {
  await enlarge('blue');
  const file = path.join(await store.runOf('blue'), 'calls.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -20));
  const { code, stdout } = await judge();
  const { verdict, reason } = JSON.parse(stdout);
  expect([code, verdict]).toEqual([4, 'error']);
  expect(reason).toContain('calls.jsonl');
  expect(reason).not.toContain('broke');
});
