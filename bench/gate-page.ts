import { latencyModels, populationWords } from './gate-models.ts';
import type { FalseAlarms, Misses } from './gate-results.ts';
import { percent } from './gate-rows.ts';

/** Steps in which a resolution is looked for that is what the runs state. */
export const searchSteps = 5;

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

/** The page about what was found. */
export function page(alarms: readonly FalseAlarms[], found: readonly Misses[]): string {
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
