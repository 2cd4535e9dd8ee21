import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { flipgate, type Finished } from '../support/cli.ts';
import { gateStore, latency_p95, lenient } from '../support/gate-store.ts';

const store = gateStore();

describe('the policy', () => {
  const usage: [what: string, gates: object, message: RegExp][] = [
    [
      'names an unknown rule',
      { acceptance: { rules: { covrage: { limit: 0.8 } } } },
      /did you mean "coverage"/,
    ],
    [
      'names an unknown statistic',
      { acceptance: { rules: { mine: { statistic: 'coverage.p50', limit: 1 } } } },
      /is no statistic/,
    ],
    [
      'has a rule without a limit',
      { acceptance: { rules: { mine: { statistic: 'coverage.p05' } } } },
      /has no limit/,
    ],
    [
      'has a limit out of range',
      { acceptance: { rules: { coverage: { limit: 7 } } } },
      /lies between 0 and 1/,
    ],
    [
      'waives and warns',
      { acceptance: { rules: { coverage: { waived: 'because', severity: 'warn' } } } },
      /both waived and a warning/,
    ],
    [
      'turns a rule round',
      { acceptance: { rules: { coverage: { direction: 'at_most' } } } },
      /cannot be "at_most"/,
    ],
    ['has an unknown key', { acceptance: { rules: { coverage: { limt: 0.7 } } } }, /limt/],
  ];
  test.each(usage)('that %s is refused with 2', async (_what, gates, message) => {
    await store.configure(gates);
    const result = await store.judge();
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(message);
    const asked = await flipgate(store.folder, ['run', '--gate', 'acceptance', '--quiet']);
    expect(asked.code).toBe(2);
  });

  test('an unknown gate, an empty one and one arm twice are usage errors', async () => {
    await store.configure({ empty: {} });
    for (const [args, message] of [
      [['gate', 'acceptence'], /did you mean "acceptance"/],
      [['gate', 'empty'], /no rules/],
      [['gate', 'acceptance', '--baseline', 'green'], /both runs of "green"/],
      [['gate', 'acceptance', '--max-age', 'soon'], /--max-age/],
      [['gate', 'acceptance', '--artifact', 'abc'], /not a SHA-256/],
    ] as const) {
      const result = await flipgate(store.folder, [...args]);
      expect([args, result.code]).toEqual([args, 2]);
      expect(result.stderr).toMatch(message);
    }
  });

  test('a waiver is seen in the verdict; with every rule waived nothing passes', async () => {
    await rm(path.join(store.folder, 'reports/drills'), { recursive: true });
    expect((await store.judge()).code).toBe(3);
    expect((await store.stored())['reason']).toMatch(/flipgate drill record, or waive the rule/);
    await store.configure({
      acceptance: {
        maxAgeSeconds: 3600,
        rules: { latency_p95, rollback_drill: { waived: 'no pointer yet' } },
      },
    });
    expect((await store.judge()).code).toBe(0);
    expect((await store.stored())['reason']).toBe('all 11 rules pass, rollback_drill waived');
    const rules = (await store.stored())['rules'].map(({ rule }: { rule: string }) => [
      rule,
      { waived: 'for a test' },
    ]);
    await store.configure({ acceptance: { maxAgeSeconds: 3600, rules: Object.fromEntries(rules) } });
    expect((await store.judge()).code).toBe(4);
  });

  test('a rule of one’s own judges a statistic of the summary; a warning decides nothing', async () => {
    const mine = { statistic: 'latency.total.p99', limit: 0.000001 };
    await store.configure({ acceptance: { maxAgeSeconds: 3600, rules: { latency_p95, my_latency: mine } } });
    expect((await store.judge()).code).toBe(1);
    expect((await store.stored())['reason']).toMatch(/^my_latency .* is above/);
    await store.configure({
      acceptance: { maxAgeSeconds: 3600, rules: { latency_p95, my_latency: { ...mine, severity: 'warn' } } },
    });
    expect((await store.judge()).code).toBe(0);
  });

  test('a smaller run than the gate wants is inconclusive', async () => {
    await store.configure({ acceptance: { ...lenient, minPlan: { seeds: 3 } } });
    expect((await store.judge()).code).toBe(3);
    expect((await store.stored())['reason']).toMatch(/asked 2 seeds, the gate wants 3/);
  });
});

describe('the watch gate', () => {
  const watch = (...more: string[]): Promise<Finished> =>
    flipgate(store.folder, ['gate', 'watch', '--json', ...more]);
  const limits = {
    latency_p95: { limit: 1000 },
    latency_p95_warning: { limit: 1000 },
    blind: { limit: 3600 },
  };
  const rule = (result: Finished, name: string): Record<string, any> =>
    (JSON.parse(result.stdout) as { rules: Record<string, any>[] }).rules.find(
      (one) => one['rule'] === name,
    )!;

  test('passes a healthy window, and stops at once where it is blind', async () => {
    await store.configure({ watch: { rules: limits } });
    const healthy = await watch();
    expect([healthy.code, JSON.parse(healthy.stdout).reason]).toEqual([0, 'all 7 rules pass']);
    await store.configure({ watch: { rules: { ...limits, blind: { limit: 0.001 } } } });
    const blind = await watch();
    expect([blind.code, rule(blind, 'blind')['verdict']]).toEqual([1, 'fail']);
  });

  test('wants a streak: one bad window is inconclusive, two in a row stop', async () => {
    await store.configure({
      watch: {
        rules: { ...limits, lambda_flip_rate: { limit: 0.2 }, semantic_distance_drift: { limit: -1 } },
      },
    });
    const once = await watch();
    expect([once.code, rule(once, 'semantic_distance_drift')['reason']]).toEqual([
      3,
      expect.stringContaining('in 1 of the last 2 windows, 2 stop'),
    ]);
    const green = path.basename(await store.runOf('green'));
    expect((await watch('--window', green)).code).toBe(4); // one run is one window
    expect((await flipgate(store.folder, ['run', '--arm', 'green', '--quiet', '--json'])).code).toBe(0);
    const again = await watch('--window', green);
    expect([again.code, rule(again, 'semantic_distance_drift')['verdict']]).toEqual([1, 'fail']);
  });
});
