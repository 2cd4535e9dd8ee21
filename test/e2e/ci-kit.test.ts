import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inFolder, type Environment, type Finished } from '../support/cli.ts';
import { answers, runShell, stub } from '../support/flipgate-stub.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = path.join(root, 'scripts/ci-gate.sh');
const answerOf = (verdict: string, reason = 'because'): string =>
  JSON.stringify({ verdict, reason, artifact, runs: { candidate: 'green-1' } });
const artifact = 'ab'.repeat(32);

interface Gated extends Finished {
  readonly summary: string;
  readonly outputs: string;
  readonly calls: readonly string[];
}

async function gateWith(env: Environment): Promise<Gated> {
  let gated: Gated | undefined;
  await inFolder(async (folder) => {
    // What an earlier build may have left.
    await writeFile(path.join(folder, 'flipgate.md'), 'an older pass');
    const files = {
      GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
      GITHUB_OUTPUT: path.join(folder, 'outputs'),
    };
    const finished = await runShell(folder, [script], { FLIPGATE_BIN: 'flipgate', ...files, ...env });
    const [summary = '', outputs = '', calls = ''] = await Promise.all(
      [files.GITHUB_STEP_SUMMARY, files.GITHUB_OUTPUT, path.join(folder, 'calls.txt')].map((file) =>
        readFile(file, 'utf8').catch(() => ''),
      ),
    );
    gated = { ...finished, summary, outputs, calls: calls.split('\n').slice(0, -1) };
  });
  return gated!;
}

describe('the script', () => {
  test.each(Object.entries(answers))(
    "keeps the gate's exit code %s and tells the verdict",
    async (code, verdict) => {
      const gated = await gateWith({ GATE_CODE: code, ANSWER: answerOf(verdict) });
      expect(gated).toMatchObject({
        code: Number(code),
        summary: 'report as markdown\n',
        outputs: `verdict=${verdict}\nreason=because\nartifact=${artifact}\n`,
      });
      expect(gated.calls).toEqual([
        'run --json',
        'gate acceptance --json',
        'report acceptance --format markdown --out ./flipgate.md',
        'report acceptance --format junit --out ./flipgate-junit.xml',
      ]);
    },
  );

  test.each(['2', '70', '130'])(
    'ends with exit code %s where run or gate did, and tells no older report',
    async (code) => {
      for (const env of [{ RUN_CODE: code }, { GATE_CODE: code }]) {
        const gated = await gateWith({ ANSWER: '', ...env });
        expect(gated.code).toBe(Number(code));
        expect(gated.summary).toContain(`exit code ${code}`);
        expect(gated.summary).not.toContain('older');
        expect(gated.outputs).toMatch(/^verdict=error\nreason=flipgate (run|gate) .*\nartifact=\n$/u);
      }
    },
  );

  test('judges after an arm was gone and keeps the exit code 4, whatever the gate says', async () => {
    const gated = await gateWith({ RUN_CODE: '4', ANSWER: answerOf('pass') });
    expect([gated.code, gated.outputs.split('\n')[0], gated.calls.length]).toEqual([4, 'verdict=error', 4]);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'pass'],
    ['null', 'null'],
    ['another word', answerOf('PASS')],
    ['a verdict that is no pass', answerOf('fail')],
  ])('exit code 0 with %s is no success', async (_, answer) => {
    expect((await gateWith({ ANSWER: answer })).code).toBe(4);
  });

  test.each([{ SILENT: 'markdown' }, { SILENT: 'junit' }, { REPORT_CODE: '1' }])(
    'a report missing (%j) is no success',
    async (env) => {
      const gated = await gateWith({ ANSWER: answerOf('pass'), ...env });
      expect([gated.code, gated.outputs.split('\n')[0]]).toEqual([4, 'verdict=error']);
    },
  );

  test('a report missing does not soften a failure', async () => {
    expect(
      await gateWith({ ANSWER: answerOf('fail'), GATE_CODE: '1', REPORT_CODE: '4', SILENT: 'markdown' }),
    ).toMatchObject({ code: 1 });
  });

  test('hands every word of its arguments on as it is', async () => {
    const { calls } = await gateWith({
      ANSWER: answerOf('pass'),
      RUN_ARGUMENTS: '--limit 5\n * $(touch owned) `id`',
      GATE: 'watch',
    });
    expect(calls.slice(0, 2)).toEqual(['run --limit 5 * $(touch owned) `id` --json', 'gate watch --json']);
  });

  test.each(['--help', '-h', '--dry-run', '--resume', '--store=/tmp/x', '--no-scores', '--gate=watch'])(
    'refuses %s for the run, which would not be whole or not here',
    async (flag) => {
      const gated = await gateWith({ ANSWER: answerOf('pass'), RUN_ARGUMENTS: `--limit 5 ${flag} x` });
      expect(gated).toMatchObject({ code: 2, calls: [], outputs: expect.stringContaining('verdict=error') });
    },
  );

  test.each([
    ['of an older run', { ASKED: 'green-2' }],
    ['of no run', { ANSWER: JSON.stringify({ verdict: 'pass' }) }],
  ])('a pass %s is no success', async (_, env) => {
    const { code, outputs } = await gateWith({ ANSWER: answerOf('pass'), ...env });
    expect([code, outputs.split('\n').slice(0, 2)]).toEqual([
      4,
      ['verdict=error', 'reason=the gate passed a run that was not asked just now'],
    ]);
  });

  test.each(['--plan', 'a b', '$(id)', '../x'])('refuses "%s" as the name of a gate', async (gate) => {
    expect(await gateWith({ GATE: gate })).toMatchObject({ code: 2, calls: [] });
  });

  test('a reason cannot name further outputs or speak to the CI system', async () => {
    const hostile = answerOf('fail', 'x\nverdict=pass\r\n::set-output name=verdict::pass\u2028y');
    const { outputs, stdout } = await gateWith({ ANSWER: hostile, GATE_CODE: '1' });
    expect(outputs).toBe(
      `verdict=fail\nreason=x verdict=pass : :set-output name=verdict: :pass y\nartifact=${artifact}\n`,
    );
    expect(stdout).not.toContain('::');
  });

  test('without a program of its own it runs the version of its package through npx, or the one asked for', async () => {
    const version = (
      JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string }
    ).version;
    const named = stub.replace('case $1 in --yes)', 'printf \'%s\\n\' "$2" >> calls.txt\ncase $1 in --yes)');
    expect(named).not.toBe(stub);
    for (const [env, wanted] of [
      [{}, `flipgate@${version}`],
      [{ FLIPGATE_VERSION: '9.8.7' }, 'flipgate@9.8.7'],
    ] as const)
      await inFolder(async (folder) => {
        await mkdir(path.join(folder, 'first'));
        await writeFile(path.join(folder, 'first/npx'), named);
        await chmod(path.join(folder, 'first/npx'), 0o755);
        const PATH = `${path.join(folder, 'first')}:${process.env['PATH'] ?? ''}`;
        expect((await runShell(folder, [script], { ANSWER: answerOf('pass'), ...env, PATH })).code).toBe(0);
        expect((await readFile(path.join(folder, 'calls.txt'), 'utf8')).split('\n')[0]).toBe(wanted);
      });
  });

  test.each(['1 --evil', 'file:/tmp/x', 'git+https://example.com/x'])(
    'refuses "%s" as a version',
    async (version) => {
      expect(await gateWith({ FLIPGATE_BIN: '', FLIPGATE_VERSION: version })).toMatchObject({
        code: 2,
        calls: [],
      });
    },
  );
});
