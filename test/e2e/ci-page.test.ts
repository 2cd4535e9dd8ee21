import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { inFolder } from '../support/cli.ts';
import { answers, runShell } from '../support/flipgate-stub.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = await readFile(path.join(root, 'docs/ci.md'), 'utf8');
const action = parse(await readFile(path.join(root, 'action.yml'), 'utf8')) as Record<string, any>;

/** The code of each fence of a language. */
function snippets(language: string): readonly string[] {
  return [...docs.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gmu)].flatMap(([, found, code]) =>
    found === language ? [code!] : [],
  );
}

const [workflow, gitlab] = snippets('yaml').map(
  (text) => parse(text, { strict: true }) as Record<string, any>,
);
const gitlabShell = gitlab?.['flipgate'].script.join('\n') as string;
const jenkinsShell = /sh '''\n([\s\S]*?)'''/u.exec(snippets('groovy')[0]!)![1]!;

describe('the action', () => {
  test('writes no input into its script', () => {
    const steps = action['runs'].steps as readonly Record<string, any>[];
    expect(steps.map(({ run }) => run)).toEqual(['sh "$GITHUB_ACTION_PATH/scripts/ci-gate.sh"']);
    expect(Object.keys(action['outputs'])).toEqual(['verdict', 'reason', 'artifact']);
  });

  test('hands every input on', () => {
    const text = JSON.stringify(action['runs']);
    const inputs = Object.keys(action['inputs']);
    expect(inputs).toEqual(['gate', 'config', 'working-directory', 'version', 'arguments']);
    expect(inputs.filter((name) => !text.includes(`\${{ inputs.${name} }}`))).toEqual([]);
  });
});

describe('the page about CI', () => {
  test('its workflow uses inputs that the action has, and no expression in a script', () => {
    const steps = workflow?.['jobs'].flipgate.steps as readonly Record<string, any>[];
    const step = steps.find(({ uses }) => String(uses).includes('/flipgate@'))!;
    expect(Object.keys(step['with']).filter((name) => !(name in action['inputs']))).toEqual([]);
    expect(steps.filter(({ run }) => String(run).includes('${{'))).toEqual([]);
  });

  test('names only commands and scripts that there are', async () => {
    const named = [...docs.matchAll(/flipgate(?:@\d[\w.]*)? ([a-z]+)\b/gu)].map(([, name]) => name!);
    const inCode = [gitlabShell, jenkinsShell].flatMap((code) =>
      [...code.matchAll(/flipgate@\S+ (\w+)/gu)].map(([, name]) => name),
    );
    const known = commands.map(({ name }) => name);
    expect(inCode).toEqual(['run', 'gate', 'report', 'run', 'gate', 'report']);
    expect(inCode.filter((name) => !known.includes(name!))).toEqual([]);
    expect(named.length).toBeGreaterThanOrEqual(inCode.length);
    for (const [, file] of docs.matchAll(/\b(scripts\/[\w.-]+)/gu)) await readFile(path.join(root, file!));
  });

  describe.each([
    ['GitLab', gitlabShell],
    ['Jenkins', jenkinsShell],
  ])('the shell lines for %s', (_, shell) => {
    test.each(Object.entries(answers))('keep the exit code %s and leave the report', (code) =>
      inFolder(async (folder) => {
        expect((await runShell(folder, ['-c', shell], { GATE_CODE: code, ANSWER: '' })).code).toBe(
          Number(code),
        );
        expect(await readFile(path.join(folder, 'flipgate-junit.xml'), 'utf8')).toBe('report as junit\n');
      }),
    );

    test.each([{ RUN_CODE: '4' }, { REPORT_CODE: '4' }])('end with the exit code 4 where %j', (env) =>
      inFolder(async (folder) => {
        expect((await runShell(folder, ['-c', shell], { ANSWER: '', ...env })).code).toBe(4);
      }),
    );
  });

  test('the report of each is the one its CI system reads', () => {
    expect(gitlab?.['flipgate'].artifacts.reports.junit).toBe('flipgate-junit.xml');
    expect(snippets('groovy')[0]).toContain("junit 'flipgate-junit.xml'");
    expect(snippets('groovy')[0]).not.toContain('allowEmptyResults');
  });
});
