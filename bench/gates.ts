import { writeFile } from 'node:fs/promises';
import { judge } from '../src/gates/judge.ts';
import { policyOf, type Policy } from '../src/gates/policy.ts';
import { defaultGates, type StatisticRule } from '../src/gates/rules.ts';
import type { VerdictName } from '../src/gates/verdict.ts';
import { chanceOfPass } from '../src/statistics/resolution.ts';
import { createNoise, healthy, latencyModels, shape, type LatencyModel, type Truth } from './gate-models.ts';
import { page, searchSteps } from './gate-page.ts';
import type { FalseAlarms, Misses } from './gate-results.ts';
import { rowsOfAlarms, rowsOfMisses } from './gate-rows.ts';
import { quick } from './processes.ts';
import { simulated } from './simulated-runs.ts';
import type { BenchRow } from './row.ts';

const runs = quick ? 100 : 1000;
/** Passes far beyond the limit are rare, and the counts of faults are held to one percentage point: more runs. */
const moreRuns = { rare: 4 * runs, counts: 10 * runs };

/** Simulated comparisons of known truths, judged by the acceptance gate: how often it is wrong, against what it says of itself. */
export async function gates(): Promise<readonly BenchRow[]> {
  const alarms = Object.keys(latencyModels).map((name, index) =>
    falseAlarms(name as LatencyModel, 1001 + index),
  );
  const found = cases.map((one, index) => misses(one, 2000 + 10 * index));
  if (process.env['BENCH_DOCS'] === '1')
    await writeFile(new URL('../docs/gate-statistics.md', import.meta.url), page(alarms, found));
  return [...alarms.flatMap(rowsOfAlarms), ...found.flatMap(rowsOfMisses)];
}

function falseAlarms(model: LatencyModel, seed: number): FalseAlarms {
  const policy = policyOf('acceptance', { rules: { rollback_drill: { waived: 'no drill is simulated' } } });
  const noise = createNoise(seed);
  const counts: Record<string, Record<VerdictName, number>> = {};
  for (let run = 0; run < runs; run += 1) {
    const { verdict: gate, rules } = judge(
      policy,
      simulated({ ...healthy, latency: latencyModels[model].noise }, noise),
    );
    for (const { rule, verdict } of [...rules, { rule: 'gate', verdict: gate }]) {
      if (verdict === 'waived') continue;
      const own = (counts[rule] ??= { pass: 0, inconclusive: 0, fail: 0, error: 0 });
      own[verdict] += 1;
    }
  }
  return { model, seed, runs, counts };
}

interface Case {
  readonly rule: string;
  readonly model: LatencyModel;
  readonly truthAt: (value: number) => Truth;
}

const cases: readonly Case[] = [
  { rule: 'semantic_distance', model: 'a', truthAt: (distance) => ({ ...healthy, distance }) },
  { rule: 'coverage', model: 'a', truthAt: (coverage) => ({ ...healthy, coverage }) },
  { rule: 'lambda_convergence', model: 'a', truthAt: (convergence) => ({ ...healthy, convergence }) },
  { rule: 'lambda_flip_increase', model: 'a', truthAt: (flipIncrease) => ({ ...healthy, flipIncrease }) },
  ...(['a', 'b', 'c', 'd'] as const).map((model) => ({
    rule: 'latency_p95',
    model,
    truthAt: (latencyRatio: number): Truth => ({
      ...healthy,
      latencyRatio,
      latency: latencyModels[model].noise,
    }),
  })),
  { rule: 'error_rate', model: 'a', truthAt: (errorRate) => ({ ...healthy, errorRate }) },
];

function misses({ rule, model, truthAt }: Case, seed: number): Misses {
  const settings = statisticRule(rule);
  const sign = settings.direction === 'at_most' ? 1 : -1;
  const policy = policyOfOne(rule);
  const at = (beyond: number, sample: Sample): Outcome =>
    outcomeOf(policy, truthAt(settings.limit + sign * beyond), sample);
  const counting = rule === 'error_rate';
  const resolution = fixedPoint((beyond) => at(beyond, { seed, runs }).resolution);
  const failResolution = fixedPoint((beyond) => at(beyond, { seed, runs }).failResolution);
  const usual = counting ? moreRuns.counts : runs;
  const trials = {
    n: shape.cells,
    limit: settings.limit,
    direction: settings.direction,
    evidence: settings.evidence,
  };
  return {
    rule,
    model,
    seed,
    runs: usual,
    limit: settings.limit,
    healthyResolution: outcomeOf(
      policy,
      { ...healthy, latency: latencyModels[model].noise },
      { seed: seed + 4, runs },
    ).resolution,
    resolution,
    failResolution,
    notPassed: 1 - at(resolution, { seed: seed + 1, runs: usual }).passed,
    passedAtThree: at(3 * resolution, { seed: seed + 2, runs: counting ? usual : moreRuns.rare }).passed,
    failed: at(failResolution, { seed: seed + 3, runs: usual }).failed,
    ...(counting && {
      expected: {
        notPassed: 1 - chanceOfPass(settings.limit + resolution, trials),
        passedAtThree: chanceOfPass(settings.limit + 3 * resolution, trials),
      },
    }),
  };
}

/** The distance at which the mean of the distances that the runs state is that distance. */
function fixedPoint(statedAt: (beyond: number) => number): number {
  let beyond = statedAt(0);
  for (let step = 1; step < searchSteps; step += 1) beyond = statedAt(beyond);
  return beyond;
}

function statisticRule(name: string): StatisticRule {
  const rule = defaultGates['acceptance']?.find((one) => one.name === name);
  if (rule?.kind !== 'statistic') throw new Error(`the acceptance gate has no rule ${name} on a statistic`);
  return rule;
}

function policyOfOne(name: string): Policy {
  const others = (defaultGates['acceptance'] ?? []).filter((rule) => rule.name !== name);
  return policyOf('acceptance', {
    rules: Object.fromEntries(others.map((rule) => [rule.name, { waived: 'another rule is looked at' }])),
  });
}

interface Sample {
  readonly seed: number;
  readonly runs: number;
}

/** Shares of runs, and means over them. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly resolution: number;
  readonly failResolution: number;
}

function outcomeOf(policy: Policy, truth: Truth, { seed, runs: count }: Sample): Outcome {
  const noise = createNoise(seed);
  const found = { passed: 0, failed: 0, resolution: 0, failResolution: 0 };
  for (let run = 0; run < count; run += 1) {
    const judged = judge(policy, simulated(truth, noise)).rules.find(({ verdict }) => verdict !== 'waived');
    if (judged?.resolution === undefined || judged.fail_resolution === undefined)
      throw new Error(`no resolution: ${judged?.reason ?? ''}`);
    found.passed += Number(judged.verdict === 'pass') / count;
    found.failed += Number(judged.verdict === 'fail') / count;
    found.resolution += judged.resolution / count;
    found.failResolution += judged.fail_resolution / count;
  }
  return found;
}
