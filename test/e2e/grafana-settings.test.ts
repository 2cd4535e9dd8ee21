import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../support/cli.ts';
import { amtool, both, missing, ran } from '../support/promtool.ts';

const program = fileURLToPath(new URL('../../dist/flipgate-grafana.js', import.meta.url));
const shipped = fileURLToPath(new URL('../../grafana/', import.meta.url));

/** Runs the program as it ships. */
function grafana(cwd: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const settings = `
exporter: { job: rag-gates, address: 'gates.example:9464' }
receivers: { people: 'https://hooks.example.com/page', deadMansSwitch: 'https://alive.example.com/call' }
docs: https://wiki.example.com/flipgate/
maxAge: { watch: 60 }
`;

describe('flipgate-grafana', () => {
  test('writes what ships where nothing is set, and warns that nobody is told', () =>
    inFolder(async (folder) => {
      const { code, stderr } = grafana(folder, '--out', 'out');
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining('people and dead-mans-switch'),
      });
      for (const name of [
        'prometheus/flipgate.rules.yml',
        'alertmanager/alertmanager.yml',
        'dashboards/arms.json',
      ])
        expect(await readFile(path.join(folder, 'out', name), 'utf8')).toBe(
          await readFile(path.join(shipped, name), 'utf8'),
        );
      expect(existsSync(path.join(folder, 'out/prometheus/tests'))).toBe(false);
    }));

  test('goes by settings, and the real tools accept what it writes', () =>
    inFolder(async (folder) => {
      await writeFile(path.join(folder, 'settings.yaml'), settings);
      const { code, stderr } = grafana(folder, '--settings', 'settings.yaml', '--out', 'out');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const read = (name: string): Promise<string> => readFile(path.join(folder, 'out', name), 'utf8');
      const rules = await read('prometheus/flipgate.rules.yml');
      expect(rules).toContain('up{job="rag-gates"}');
      expect(rules).toContain('no fresh evidence for 60 s');
      expect(rules).toContain('https://wiki.example.com/flipgate/alerts.md#flipgatebreach');
      const alertmanager = await read('alertmanager/alertmanager.yml');
      expect(alertmanager).toContain('https://hooks.example.com/page');
      expect(alertmanager).toContain('http://gates.example:9464/v1/alertmanager');
      expect(alertmanager).not.toContain('NOBODY');
      const [promtool] = both('promtool');
      if (promtool !== undefined && !missing(promtool))
        expect(
          ran(promtool, ['check', 'rules', path.join(folder, 'out/prometheus/flipgate.rules.yml')]).code,
        ).toBe(0);
      if (!missing(amtool))
        expect(
          ran(amtool, ['check-config', path.join(folder, 'out/alertmanager/alertmanager.yml')]).code,
        ).toBe(0);
    }));

  test.each([
    ['a key that is none', 'exporter: { jbo: x }', 'jbo'],
    ['an age that is text', 'maxAge: { watch: soon }', 'maxAge'],
    ['an address without a port', 'alertmanager: localhost', 'is not host:port'],
  ])('refuses %s and writes nothing', (_what, text, told) =>
    inFolder(async (folder) => {
      await writeFile(path.join(folder, 'settings.yaml'), text);
      const { code, stderr } = grafana(folder, '--settings', 'settings.yaml', '--out', 'out');
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(told) });
      expect(stderr).toContain('settings.yaml');
      expect(existsSync(path.join(folder, 'out'))).toBe(false);
    }),
  );
});

test('the receivers that ship say that they tell nobody, and their examples are accepted when they count', () =>
  inFolder(async (folder) => {
    const text = await readFile(path.join(shipped, 'alertmanager/alertmanager.yml'), 'utf8');
    expect(text).toMatch(/^# NOBODY IS TOLD ABOUT ANYTHING YET/u);
    const filled = text.replaceAll(/^ {4}# ( *)/gmu, '    $1');
    expect(filled.match(/webhook_configs:/gu)).toHaveLength(3);
    if (missing(amtool)) return;
    const file = path.join(folder, 'alertmanager.yml');
    await writeFile(file, filled);
    expect(ran(amtool, ['check-config', file])).toMatchObject({ code: 0 });
  }));
