import { access } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { createRedactor } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { planOf } from '../../plan/plan.ts';
import { isAnswered } from '../../scoring/summary/call-tally.ts';
import { storedSession } from '../../store/find-session.ts';
import type { PlanFile } from '../../store/documents/plan.ts';
import { configuredPolicy, type Policy } from '../../gates/policy.ts';
import { loadGold } from '../../gold/load.ts';
import { dryRun } from './dry-run.ts';
import { endWithGate } from './run-gate.ts';
import { chosenArms } from '../../app/arms/open-arms.ts';
import { goldHashes } from '../../app/configured-gold.ts';
import type { RunFlags } from './flags.ts';
import type { PreparedRun } from './prepared-run.ts';
import { runAll } from './run-all.ts';
import { printEnd } from './run-summary.ts';
import { reportRuns } from '../../app/report.ts';

/** Asks, measures, records. Exit 0 when every cell was asked whatever the faults, 4 when an arm was gone or answered not one call, 130 when interrupted. */
export async function run(flags: RunFlags, world: World): Promise<ExitCode> {
  const stored = flags.resume === undefined ? undefined : await sessionToResume(flags, world);
  const config = asBegun(
    await loadConfig({ ...flags, ...(await storedGoldPath(flags, stored, world)) }, world, {
      unused: unusedBy.asking,
    }),
    stored,
  );
  const gold = await loadGold(config.gold, {
    workingDirectory: world.workingDirectory,
    corpusRoot: config.corpus,
  });
  const plan = planOf(gold, config.plan);
  const names = chosenArms(config, stored === undefined ? flags.arm : stored.map((file) => file.arm));
  if (config.plan.maxCalls !== undefined && plan.cells * names.length > config.plan.maxCalls)
    throw tooManyCalls(plan.cells * names.length, config.plan.maxCalls);
  const policy = flags.gate === undefined ? undefined : configuredPolicy(flags.gate, config.gates);
  if (flags.dryRun === true) return dryRun({ config, gold, plan, names, json: flags.json === true, world });
  return runPrepared(
    { flags, world, config, gold, plan, names, stored, redact: createRedactor(config.secrets) },
    policy,
  );
}

async function runPrepared(prepared: PreparedRun, policy: Policy | undefined): Promise<ExitCode> {
  const { records, interrupted } = await runAll(prepared);
  if (policy !== undefined) return endWithGate(policy, prepared, { records, interrupted });
  const { config, world, gold } = prepared;
  await reportRuns(records, { config, world, gold: goldHashes(gold) });
  printEnd(records, prepared);
  if (interrupted) return exitCodes.interrupted;
  const isEvidence = records.every((record) => record.status === 'complete' && isAnswered(record));
  return isEvidence ? exitCodes.pass : exitCodes.error;
}

async function sessionToResume(flags: RunFlags, world: World): Promise<readonly PlanFile[]> {
  const { store } = await loadConfig(flags, world, { unused: unusedBy.listing });
  const stored = await storedSession(store, flags.resume === true ? undefined : flags.resume);
  requireWholeSession(stored, flags);
  const missing = flags.arm?.find((name) => !stored.some((file) => file.arm === name));
  if (missing === undefined) return stored.filter((file) => flags.arm?.includes(file.arm) ?? true);
  throw new UserError(`no run of arm "${missing}" to resume`, {
    hint: `arms: ${stored.map((file) => file.arm).join(', ')}`,
  });
}

/** A kill between two plans leaves a session of one arm: resumed, it would look like a whole one. One run alone, or arms that are named, may be meant. */
function requireWholeSession(stored: readonly PlanFile[], { arm, resume }: RunFlags): void {
  const [first] = stored;
  if (first === undefined || arm !== undefined || resume === first.id) return;
  const lost = first.session_arms?.filter((name) => !stored.some((file) => file.arm === name)) ?? [];
  if (lost.length === 0) return;
  throw new UserError(`session ${first.session} ended before arm "${lost.join('" and "')}" was planned`, {
    hint: 'nothing was asked in it: start a new run; or resume one arm with --arm',
    exitCode: exitCodes.error,
  });
}

/** A resume asks what the run was begun with: its own sizes, seeds and order, whatever the configuration says by now. */
function asBegun(config: Config, stored: readonly PlanFile[] | undefined): Config {
  const begun = stored?.[0]?.plan;
  if (begun === undefined) return config;
  const { phrasings, seeds, order_seed: orderSeed, limit, tag, rate } = begun;
  return {
    ...config,
    plan: { ...config.plan, paraphrases: phrasings - 1, seeds, orderSeed, limit, tag, rate },
  };
}

/** The gold set that the run was begun with, where it still is; a flag wins. */
async function storedGoldPath(
  flags: RunFlags,
  stored: readonly PlanFile[] | undefined,
  world: World,
): Promise<{ gold?: string }> {
  const written = stored?.[0]?.gold.path;
  if (flags.gold !== undefined || written === undefined) return {};
  const gold = path.resolve(world.workingDirectory, written);
  return access(gold).then(
    () => ({ gold }),
    () => ({}),
  );
}

function tooManyCalls(calls: number, most: number): UserError {
  return new UserError(`the plan has ${calls} calls, more than the ${most} allowed`, {
    hint: 'raise --max-calls, or ask less with --limit, --paraphrases or --seeds',
  });
}
