import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { alerts } from '../../scripts/grafana/alerts.ts';
import { generatedFiles } from '../../scripts/grafana/files.ts';
import { recordingRules } from '../../scripts/grafana/rule-file.ts';
import { requireServer } from '../support/servers/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'grafana/prometheus');

function ran(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd: folder }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

test('what is generated is what is committed', async () => {
  for (const [name, text] of Object.entries(generatedFiles()))
    expect(await readFile(path.join(root, name), 'utf8'), `${name}: npm run grafana`).toBe(text);
});

describe.each(['promtool', 'promtool-3'] as const)('%s', (name) => {
  test('finds nothing to say about the rules', async (context) => {
    const promtool = await requireServer(name, context);
    const { code, output } = await ran(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', 'flipgate.rules.yml']);
    expect(code, output).toBe(0);
  });

  test('sees the rules do what they are meant to, in odd worlds too', { timeout: 240_000 }, async (context) => {
    const promtool = await requireServer(name, context);
    // The alerts take half a minute: once, by the older one, which is the stricter reader of tests.
    const wanted = (await readdir(path.join(folder, 'tests'))).filter((file) => name === 'promtool' || !file.startsWith('alerts'));
    const files = wanted.map((file) => `tests/${file}`);
    const { code, output } = await ran(promtool, ['test', 'rules', ...files]);
    expect(code, output.slice(-4000)).toBe(0);
  });
});

test('every rule and every alert is tested firing or deciding', async () => {
  const tests = await Promise.all(
    (await readdir(path.join(folder, 'tests'))).map((file) => readFile(path.join(folder, 'tests', file), 'utf8')),
  );
  const text = tests.join('\n');
  for (const record of Object.keys(recordingRules)) expect(text).toContain(`expr: ${record}`);
  for (const { alert } of alerts) expect(text).toMatch(new RegExp(`alertname: ${alert}\\n\\s+eval_time: \\S+\\n\\s+exp_alerts:\\n`, 'u'));
});

test('amtool takes the configuration of Alertmanager', async (context) => {
  const amtool = await requireServer('amtool', context);
  const { code, output } = await ran(amtool, ['check-config', '../alertmanager/alertmanager.yml']);
  expect(code, output).toBe(0);
});

test('every alert has a runbook section', async () => {
  const page = await readFile(path.join(root, 'docs/alerts.md'), 'utf8');
  for (const { alert } of alerts) expect(page).toContain(`\n## ${alert}\n`);
});
