import { writeFile } from 'node:fs/promises';
import { judge } from '../src/gates/judge.ts';
import { policyOf, type Policy } from '../src/gates/policy.ts';
import { defaultGates, type StatisticRule } from '../src/gates/rules.ts';
import type { VerdictName } from '../src/gates/verdict.ts';
import { chanceOfPass } from '../src/statistics/resolution.ts';
import {
  createNoise,
  healthy,
  latencyModels,
  populationWords,
  shape,
  simulated,
  type LatencyModel,
  type Truth,
} from './gate-models.ts';
import { quick } from './processes.ts';
import type { BenchRow } from './row.ts';

const runs = quick ? 100 : 1000;
/** Passes far beyond the limit are rare, and the counts of faults are held to one percentage point: more runs. */
const moreRuns = { rare: 4 * runs, counts: 10 * runs };
const searchSteps = 5;

type Counts = Readonly<Record<VerdictName, number>>;

/** How often each rule and the gate came to each verdict on two arms that are equally well. */
interface FalseAlarms {
  readonly model: LatencyModel;
  readonly seed: number;
  readonly runs: number;
  readonly counts: Readonly<Record<string, Counts>>;
}

/** What a rule made of a truth beyond its limit. */
interface Misses {
  readonly rule: string;
  readonly model: LatencyModel;
  readonly seed: number;
  readonly runs: number;
  readonly limit: number;
  /** Mean stated in runs of healthy arms. */
  readonly healthyResolution: number;
  readonly resolution: number;
  readonly failResolution: number;
  /** Share of runs not passed at the limit and the resolution beyond it. */
  readonly notPassed: number;
  readonly passedAtThree: number;
  readonly failed: number;
  /** The binomial's own shares, where the rule counts calls. */
  readonly expected?: { readonly notPassed: number; readonly passedAtThree: number };
}

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

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A row with its bar; with few runs the bar is shown and not judged. */
function row(
  name: string,
  share: number,
  { least = 0, most, note }: { least?: number; most: number; note?: string },
): BenchRow {
  const bar = least === 0 ? `≤ ${percent(most)}` : `${percent(least)} to ${percent(most)}`;
  // Sums of 1/runs carry float noise.
  const ok = quick ? undefined : share >= least - 1e-9 && share <= most + 1e-9;
  return { name, value: percent(share), bar, ok, ...(note === undefined ? {} : { note }) };
}

function rowsOfAlarms({ model, runs: count, counts }: FalseAlarms): readonly BenchRow[] {
  const gate = counts['gate'] ?? { pass: 0, inconclusive: 0, fail: count, error: 0 };
  const worst = Object.entries(counts)
    .filter(([rule, { pass }]) => rule !== 'gate' && pass < count)
    .map(([rule, { pass }]) => `${rule} ${percent(1 - pass / count)}`);
  const name = `healthy arms, latency ${model}: gate`;
  return [
    row(`${name} fails or errs`, (gate.fail + gate.error) / count, { most: 0.01 }),
    {
      ...row(`${name} does not pass`, 1 - gate.pass / count, { most: 0.1, note: worst.join(', ') }),
      ...(model !== 'a' && { bar: '', ok: undefined }),
    },
  ];
}

function rowsOfMisses({ rule, model, expected, ...found }: Misses): readonly BenchRow[] {
  const name = rule === 'latency_p95' ? `${rule} (${model})` : rule;
  const note = `limit ${found.limit}, resolution ${found.resolution.toFixed(4)}, to fail ${found.failResolution.toFixed(4)}`;
  const near = (share: number): { least: number; most: number } => ({
    least: share - 0.01,
    most: share + 0.01,
  });
  return [
    row(`${name} at its resolution: not passed`, found.notPassed, {
      ...(expected === undefined ? { least: 0.75, most: 0.85 } : near(expected.notPassed)),
      note,
    }),
    row(
      `${name} at three times it: passed`,
      found.passedAtThree,
      expected === undefined ? { most: 0.015 } : near(expected.passedAtThree),
    ),
    row(`${name} at its fail_resolution: failed`, found.failed, { least: 0.7, most: 0.9 }),
  ];
}

const whatWasDone = `# What the acceptance gate does on simulated runs

\`BENCH_DOCS=1 npm run bench gates\` makes this page again. No arm is asked: calls are drawn at random (Mulberry32 with the seed in the table; all runs
of a line come from one stream) and judged by the gate as it ships. Each run is 40 questions, 4 of them unanswerable, × 4 phrasings × 2 seeds,
drawn anew, on two arms. The numbers hold for these populations; another arm scatters otherwise. Healthy arms are drawn from:
`;
const aboutAlarms = `Share of runs with each verdict. Both arms are drawn from one population; \`rollback_drill\` is waived. \`gate\` is the worst of the rules.
A share of 1 % over 1,000 runs has a standard error of 0.3 percentage points, one of 10 % has 0.9.`;
const aboutMisses = `One property of Green is beyond the limit, the rest is healthy; one rule is judged. The resolution in the table is the distance from the limit at
which the mean resolution stated by the runs is that distance (${searchSteps} steps with the table's seed; the last is used). Truths are population
values. The other columns use the seeds that follow: + 1, + 2 (four times the runs, save for \`error_rate\`), + 3, and + 4 for healthy runs.`;

function page(alarms: readonly FalseAlarms[], found: readonly Misses[]): string {
  const models = Object.entries(latencyModels).map(([name, { words }]) => `- Latency ${name}: ${words}.`);
  const alarmLines = alarms.flatMap(({ model, seed, runs: count, counts }) =>
    Object.entries(counts).map(([rule, { pass, inconclusive, fail, error }]) =>
      [
        model,
        seed,
        count,
        rule,
        ...[pass, inconclusive, fail, error].map((verdicts) => percent(verdicts / count)),
      ].join(' | '),
    ),
  );
  const missLines = found.map((one) => {
    const [resolution, healthyOne, failing] = [one.resolution, one.healthyResolution, one.failResolution].map(
      (x) => x.toFixed(4),
    );
    const own = (share: number | undefined): string =>
      share === undefined ? '' : ` (binomial ${percent(share)})`;
    const notPassed = percent(one.notPassed) + own(one.expected?.notPassed);
    const passed = percent(one.passedAtThree) + own(one.expected?.passedAtThree);
    const sizes = `${one.rule} | ${one.model} | ${one.seed} | ${one.runs} | ${one.limit}`;
    return `${sizes} | ${healthyOne} | ${resolution} | ${notPassed} | ${passed} | ${failing} | ${percent(one.failed)}`;
  });
  return [
    `${whatWasDone}\n${populationWords}${models.join('\n')}`,
    `\n## Healthy against healthy\n\n${aboutAlarms}\n`,
    ...table('latency | seed | runs | rule | pass | inconclusive | fail | error', alarmLines),
    `\n## A truth beyond the limit\n\n${aboutMisses}\n`,
    ...table(
      'rule | latency | seed | runs | limit | resolution stated by healthy runs | resolution | not passed there | passed at three times it | fail_resolution | failed there',
      missLines,
    ),
    '',
  ].join('\n');
}

function table(head: string, lines: readonly string[]): readonly string[] {
  return [head, head.replaceAll(/[^|]+/gu, ' --- '), ...lines].map((line) => `| ${line.trim()} |`);
}
