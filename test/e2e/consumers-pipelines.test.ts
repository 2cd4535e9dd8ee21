import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inFolder } from '../support/cli.ts';
import { kitText, kits } from '../support/consumers.ts';
import { answers, runShell } from '../support/flipgate-stub.ts';

const read = async (file: string): Promise<Record<string, any>> =>
  parse(await kitText(file), { strict: true }) as Record<string, any>;

describe('the workflow for GitHub', () => {
  test('promotes after a job that succeeded with a pass, and after nothing else', async () => {
    const { jobs } = await read('github-actions/promote.yml');
    expect([jobs.promote.needs, jobs.promote.if]).toEqual([
      'gate',
      "needs.gate.result == 'success' && needs.gate.outputs.verdict == 'pass'",
    ]);
    expect(jobs.gate.outputs.verdict).toBe('${{ steps.gate.outputs.verdict }}');
    expect(jobs.gate['continue-on-error']).toBeUndefined();
    const steps = [...jobs.gate.steps, ...jobs.promote.steps] as readonly Record<string, any>[];
    expect(
      steps.filter((step) => 'continue-on-error' in step || String(step['run']).includes('${{')),
    ).toEqual([]);
  });

  test('hands the action inputs that it has', async () => {
    const { jobs } = await read('github-actions/promote.yml');
    const action = parse(await readFile(path.join(kits, '../../action.yml'), 'utf8')) as Record<string, any>;
    const step = (jobs.gate.steps as readonly Record<string, any>[]).find(({ id }) => id === 'gate')!;
    expect(Object.keys(step['with']).filter((name) => !(name in action['inputs']))).toEqual([]);
  });
});

describe('the pipeline for GitLab', () => {
  test('promotes only after the gate, which may not fail', async () => {
    const { flipgate, promote } = await read('gitlab/.gitlab-ci.yml');
    expect([promote.needs, promote.when, promote.rules, promote.allow_failure]).toEqual([
      ['flipgate'],
      'on_success',
      undefined,
      undefined,
    ]);
    expect([flipgate.allow_failure, flipgate.retry]).toEqual([undefined, 0]);
  });

  test.each(Object.entries(answers))('its gate ends with the exit code %s of the gate', (code) =>
    inFolder(async (folder) => {
      const shell = ((await read('gitlab/.gitlab-ci.yml'))['flipgate'].script as readonly string[]).join(
        '\n',
      );
      expect((await runShell(folder, ['-c', shell], { GATE_CODE: code, ANSWER: '' })).code).toBe(
        Number(code),
      );
    }),
  );
});

// Structure only: no Spinnaker is at hand.
test('the pipeline for Spinnaker uses the stage with its parameters, and goes on after an explicit pass', async () => {
  const [stage] = (await read('spinnaker/orca-local.yml'))['webhook'].preconfigured as readonly Record<
    string,
    any
  >[];
  const pipeline = JSON.parse(await kitText('spinnaker/pipeline.json')) as Record<string, any>;
  const [asks, decides] = pipeline['stages'] as readonly Record<string, any>[];
  expect(asks!['type']).toBe(stage!['type']);
  const names = (stage!['parameters'] as readonly { name: string }[]).map(({ name }) => name);
  expect(Object.keys(asks!['parameterValues'])).toEqual(names);
  expect([...String(stage!['url']).matchAll(/parameterValues\['(\w+)'\]/gu)].map(([, name]) => name)).toEqual(
    names,
  );
  expect(decides!['requisiteStageRefIds']).toEqual([asks!['refId']]);
  const [precondition] = decides!['preconditions'] as readonly Record<string, any>[];
  expect(precondition).toMatchObject({ type: 'expression', failPipeline: true });
  expect(precondition!['context'].expression).toContain(
    `#stage('${asks!['name']}')['context']['webhook']['body']['verdict'] == 'pass'`,
  );
});
