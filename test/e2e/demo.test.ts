import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'fast-string-width';
import { expect, test } from 'vitest';
import { flipgate, inFolder, json } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wfgyEval = path.join(root, 'dist/wfgy-eval.js');

/** How each scenario must end: the exit code and the rules of which one must have decided it. */
const endings: [scenario: string, code: number, rules: readonly string[]][] = [
  ['healthy', 0, []],
  ['stale-index', 1, ['coverage']],
  ['wrong-tokenizer', 1, ['coverage', 'semantic_distance']],
  ['slow', 1, ['latency_p95']],
  ['faulty', 1, ['error_rate']],
  ['unstable', 1, ['lambda_convergence', 'lambda_flip_increase']],
  ['tool-loop', 1, ['tool_loops']],
  ['version-drift', 1, ['invariants']],
  ['identical', 4, ['distinct_arms']],
];

test.each(endings)(
  'the demo’s scenario %s ends with %i, and its sentence names the cause',
  (scenario, code, rules) =>
    inFolder(async (folder) => {
      const result = await flipgate(folder, ['demo', '--scenario', scenario, '--quiet']);
      expect([result.code, result.stderr]).toEqual([code, '']);
      const verdict = await json(path.join(folder, 'reports/verdicts/acceptance.green.json'));
      const decided = (verdict['rules'] as Record<string, any>[]).filter(
        (rule) => rule['verdict'] === verdict['verdict'],
      );
      const cause = decided.find(({ reason }) => verdict['reason'].startsWith(reason))?.['rule'];
      if (code === 0) expect(verdict['reason']).toBe('all 11 rules pass, rollback_drill waived');
      else expect(rules).toContain(cause);
      expect(result.stdout).toContain(`gate acceptance  `);
      expect(result.stdout).toContain('next: ');
      const wide = result.stdout
        .split('\n')
        .filter((line) => stringWidth(line) > 99 && !/^ {2}reports\/\S+$/u.test(line));
      expect(wide).toEqual([]);
    }),
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The line as it stands in the README, from a folder. */
function evaluate(folder: string, line: string): Promise<Ended> {
  const [, ...args] = line.split(' ');
  return new Promise((resolve) => {
    execFile(process.execPath, [wfgyEval, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test('wfgy_eval passes on an index of the shipped handbook, fails on an older one, and needs no configuration', () =>
  inFolder(async (folder) => {
    const line = 'wfgy_eval --gold gold_40.json --index docs_vB --min-cov 0.70 --max-ds 0.45';
    expect(await readFile(path.join(root, 'README.md'), 'utf8')).toContain(line);
    expect(
      (await flipgate(folder, ['gold', 'export', path.join(root, 'gold/handbook'), '--out', 'gold_40.json']))
        .code,
    ).toBe(0);
    expect(
      (
        await flipgate(folder, [
          'index',
          'build',
          '--from',
          path.join(root, 'gold/handbook'),
          '--out',
          'docs_vB',
        ])
      ).code,
    ).toBe(0);
    expect(
      (
        await flipgate(folder, [
          'index',
          'build',
          '--from',
          path.join(root, 'gold/older/handbook'),
          '--out',
          'docs_vA',
        ])
      ).code,
    ).toBe(0);
    const passed = await evaluate(folder, line);
    expect(passed.code).toBe(0);
    expect(passed.stdout).toContain('all 3 rules pass');
    const failed = await evaluate(folder, line.replace('docs_vB', 'docs_vA'));
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/coverage 0\.\d+ is below 0\.7/u);
    expect((await evaluate(folder, line.replace('0.45', '0.1'))).code).toBe(1);
  }));

test('wfgy_eval tells what is wrong with its arguments', () =>
  inFolder(async (folder) => {
    await mkdir(path.join(folder, 'empty'));
    for (const [line, message] of [
      ['wfgy_eval --index docs', /required option '--gold/u],
      [
        'wfgy_eval --gold gold.json --index docs --min-cov many',
        /--min-cov "many" is not a number from 0 to 1/u,
      ],
      ['wfgy_eval --gold gold.json --index docs', /neither a configured arm nor an index/u],
      ['wfgy_eval --gold gold.json --index empty', /gold\.json" cannot be read/u],
    ] as const) {
      const ended = await evaluate(folder, line);
      expect([line, ended.code, ended.stdout]).toEqual([line, 2, '']);
      expect(ended.stderr).toMatch(message);
    }
  }));
