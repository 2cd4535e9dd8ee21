import { exitCodes, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { GoldSet } from '../../plan/gold-set.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { newestRecord } from '../../store/documents/run.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import { durationText } from '../../reports/terminal/progress.ts';

export interface DryRun {
  readonly config: Config;
  readonly gold: GoldSet;
  readonly plan: Plan;
  readonly names: readonly string[];
  readonly json: boolean;
  readonly world: World;
}

interface Estimate {
  readonly arm: string;
  readonly calls: number;
  readonly seconds: number;
  readonly input_tokens: number;
  /** What the estimate rests on: the arm's newest run, or an assumption. */
  readonly basis: 'newest run' | 'assumed';
}

const assumedSecondsPerCall = 1;
const charactersPerToken = 4;

/** Tells what a run would ask of each arm, and for how long; asks nothing. */
export async function dryRun(dry: DryRun): Promise<ExitCode> {
  const estimates = await Promise.all(
    dry.names.map(async (name) => estimate(name, dry, await newestRecord(dry.config.store, name))),
  );
  const { plan, gold, world } = dry;
  const size = { questions: plan.questions.length, phrasings: plan.phrasings, seeds: plan.seeds };
  if (dry.json)
    world.stdout.write(
      `${JSON.stringify({ gold: { path: gold.path, sha256: gold.sha256 }, ...size, arms: estimates })}\n`,
    );
  else world.stdout.write(`${textOf(estimates, dry)}\n`);
  return exitCodes.pass;
}

function estimate(arm: string, { plan, config }: DryRun, record: RunRecord | undefined): Estimate {
  const settings = config.arms.get(arm);
  const measured = record?.summary.latency.total?.mean;
  const perCall = measured ?? assumedSecondsPerCall;
  const rate = config.plan.rate ?? (settings?.concurrency ?? 1) / perCall;
  const used = record?.summary.usage?.input_tokens ?? 0;
  const answered = record?.summary.calls.ok ?? 0;
  const tokens = used > 0 && answered > 0 ? (used / answered) * plan.cells : questionTokens(plan);
  return {
    arm,
    calls: plan.cells,
    seconds: plan.cells / rate,
    input_tokens: Math.round(tokens),
    basis: measured === undefined ? 'assumed' : 'newest run',
  };
}

/** What the questions alone weigh; what an arm adds to them is its own. */
function questionTokens(plan: Plan): number {
  const characters = plan.questions
    .flatMap((question) => [question.question, ...question.paraphrases.slice(0, plan.phrasings - 1)])
    .join('').length;
  return (characters / charactersPerToken) * plan.seeds.length;
}

function textOf(estimates: readonly Estimate[], { plan }: DryRun): string {
  const size = `${plan.questions.length} questions × ${plan.phrasings} phrasings × ${plan.seeds.length} seeds = ${plan.cells} calls an arm; nothing was asked`;
  const rows = estimates.map(({ arm, calls, seconds, input_tokens, basis }) => [
    arm,
    `${calls} calls`,
    `about ${durationText(seconds)}`,
    `at least ${input_tokens} input tokens`,
    basis === 'assumed' ? `(assuming ${assumedSecondsPerCall} s a call)` : '(from its newest run)',
  ]);
  return `${size}\n${alignColumns(rows, '  ')}`;
}
