import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { planOf } from '../../plan/plan.ts';
import { assumedScatter } from '../../gates/sizes/assumed-scatter.ts';
import type { ArmExpectation, JudgeContext } from '../../gates/context.ts';
import { shown } from '../../gates/format.ts';
import { measuredScatter } from '../../gates/sizes/measured-scatter.ts';
import { planRules, type RulePlan, type Sizes } from '../../gates/sizes/plan-sizes.ts';
import type { Policy } from '../../gates/policy.ts';
import { loadGold } from '../../gold/load.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import { paintFor } from '../../reports/terminal/paint.ts';
import { statisticNamed } from '../../statistics/catalogue.ts';
import { expectationOf } from '../../app/arms/arm-expectation.ts';
import { signingOf } from '../../app/signing/signing.ts';
import type { GateFlags } from './flags.ts';
import { evidenceOf, foldersOf } from '../../app/stored-pair.ts';

interface Planning {
  readonly config: Config;
  readonly flags: GateFlags;
  readonly world: World;
}

/** Tells what each limit needs to be decidable with the configured gold set; asks nothing and judges nothing. */
export async function printGatePlan(policy: Policy, { config, flags, world }: Planning): Promise<ExitCode> {
  const gold = await loadGold(config.gold, {
    workingDirectory: world.workingDirectory,
    corpusRoot: config.corpus,
  });
  const plan = planOf(gold, config.plan);
  const sizes = {
    questions: plan.questions.length,
    paraphrases: plan.phrasings - 1,
    seeds: plan.seeds.length,
  };
  const context = await newestEvidence({ config, flags, world });
  const rules = planRules(
    policy,
    sizes,
    (rule) => (context && measuredScatter(rule, context)) ?? assumedScatter(rule),
  );
  if (flags.json === true) world.stdout.write(`${JSON.stringify({ gate: policy.gate, ...sizes, rules })}\n`);
  else world.stdout.write(`${tableOf(policy, { sizes, rules }, world)}\n`);
  return exitCodes.pass;
}

/** The newest runs of both arms, where they can be read. */
async function newestEvidence({ config, flags, world }: Planning): Promise<JudgeContext | undefined> {
  const references = {
    candidate: flags.candidate ?? config.candidate,
    baseline: flags.baseline ?? config.baseline,
  };
  try {
    const { trust } = signingOf(config, world);
    const evidence = await evidenceOf(await foldersOf(references, config, world), config, trust);
    const expected = (arm: string | undefined): ArmExpectation => expectationOf(arm ?? '', config, world);
    const expectations = {
      candidate: expected(evidence.candidate.record.arm),
      baseline: expected(evidence.baseline?.record.arm),
    };
    return { ...evidence, expectations, drills: [], now: world.clock.now() };
  } catch (error) {
    if (error instanceof UserError && error.exitCode === exitCodes.error) return undefined;
    throw error;
  }
}

function tableOf(
  policy: Policy,
  { sizes, rules }: { sizes: Sizes; rules: readonly RulePlan[] },
  world: World,
): string {
  const paint = paintFor(world.stdout, world.environment);
  const { questions, paraphrases, seeds } = sizes;
  const head = `gate ${policy.gate} with ${questions} questions, ${paraphrases} paraphrases, ${seeds} seeds: ${questions * (paraphrases + 1) * seeds} calls an arm`;
  const header = [
    'rule',
    'limit',
    'healthy',
    'noticed in 80 % from',
    'healthy not passed',
    'questions needed',
    '',
  ].map((title) => paint.dim(title));
  const rows = rules.map((rule) => rowOf(rule, policy));
  const basis = rules.some((rule) => rule.basis === 'newest runs')
    ? 'what arms scatter is taken from the newest runs'
    : 'what arms scatter is assumed: run both arms, then ask again';
  return [paint.bold(head), '', alignColumns([header, ...rows], '  '), '', basis].join('\n');
}

function rowOf(plan: RulePlan, policy: Policy): readonly string[] {
  const rule = policy.rules.find(({ name }) => name === plan.rule);
  const isStatistic = rule?.kind === 'statistic';
  const unit = isStatistic ? statisticNamed(rule.statistic)?.unit : undefined;
  const format = (value: number): string => shown(value, unit, isStatistic ? rule.comparing : 'candidate');
  const sign = isStatistic && rule.direction === 'at_least' ? -1 : 1;
  return [
    plan.rule,
    format(plan.limit),
    format(plan.healthy),
    format(plan.limit + sign * plan.resolution),
    `${(100 * plan.healthy_not_passed).toFixed(1)} %`,
    plan.questions_needed === undefined ? 'not known' : String(plan.questions_needed),
    [plan.decidable ? '' : 'not decidable with this plan', plan.note]
      .filter((text) => text !== '')
      .join('; '),
  ];
}
