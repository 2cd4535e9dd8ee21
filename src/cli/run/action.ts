import { access } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { createRedactor } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { planOf } from '../../plan/plan.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { isAnswered } from '../../scoring/summary/call-tally.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import { openEmbedder } from '../../embed/open.ts';
import { storedSession } from '../../store/find-session.ts';
import type { PlanFile } from '../../store/documents/plan.ts';
import {
  openNewSession,
  releaseRuns,
  reopenSession,
  type OpenRun,
  type SessionArm,
  type SessionSetting,
} from '../../asking/session.ts';
import { configuredPolicy, type Policy } from '../../gates/policy.ts';
import { loadGold } from '../../gold/load.ts';
import { dryRun } from './dry-run.ts';
import { endWithGate } from './run-gate.ts';
import { Interruption, listenForInterrupts } from '../../app/interrupts.ts';
import { chosenArms, closeArms, openArms } from '../../app/open-arms.ts';
import { goldHashes } from '../../app/configured-gold.ts';
import { provenanceOf } from '../../app/provenance.ts';
import type { RunFlags } from './flags.ts';
import type { PreparedRun } from './prepared-run.ts';
import { printEnd } from './run-summary.ts';
import { askAndRecord } from '../../app/run-session.ts';
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

/** Opens arms and runs, asks and records, and closes everything again, however it ends. */
export async function runAll(
  prepared: PreparedRun,
): Promise<{ records: readonly RunRecord[]; interrupted: boolean }> {
  const { world, config, redact, gold, flags } = prepared;
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(world.environment),
    workingDirectory: config.folder,
    environment: world.environment,
  });
  const arms = await openArms(prepared.names, { config, world, redact, embedder });
  const interrupts = listenForInterrupts(world);
  let runs: readonly OpenRun[] = [];
  try {
    if (flags.scores) await embedder.identity({ signal: interrupts.stopAsking });
    runs = await openRuns(prepared, arms);
    tellRecovered(runs, world);
    const work = {
      world,
      config,
      gold,
      redact,
      interrupts,
      quiet: flags.quiet === true,
      embedder: flags.scores ? embedder : undefined,
    };
    const records = await askAndRecord(runs, work);
    return { records, interrupted: interrupts.stopAsking.aborted };
  } catch (error) {
    if (error instanceof Interruption) return { records: [], interrupted: true };
    throw error;
  } finally {
    interrupts.stopListening();
    await releaseRuns(runs);
    await closeArms(arms);
    await embedder.close();
  }
}

async function openRuns(prepared: PreparedRun, arms: readonly SessionArm[]): Promise<readonly OpenRun[]> {
  const setting = await sessionSetting(prepared);
  return prepared.stored === undefined
    ? openNewSession(setting, arms)
    : reopenSession(setting, prepared.stored, arms);
}

async function sessionSetting({
  config,
  gold,
  plan,
  world,
  redact,
  flags,
}: PreparedRun): Promise<SessionSetting> {
  const { limit, tag, rate } = config.plan;
  return {
    store: config.store,
    gold,
    goldPath: redact(path.relative(world.workingDirectory, config.gold) || '.'),
    plan,
    planOptions: { limit, tag, rate },
    scored: flags.scores,
    provenance: await provenanceOf(world, config, redact),
    clock: world.clock,
  };
}

async function sessionToResume(flags: RunFlags, world: World): Promise<readonly PlanFile[]> {
  const { store } = await loadConfig(flags, world, { unused: unusedBy.listing });
  const stored = await storedSession(store, flags.resume === true ? undefined : flags.resume);
  const missing = flags.arm?.find((name) => !stored.some((file) => file.arm === name));
  if (missing === undefined) return stored.filter((file) => flags.arm?.includes(file.arm) ?? true);
  throw new UserError(`no run of arm "${missing}" to resume`, {
    hint: `arms: ${stored.map((file) => file.arm).join(', ')}`,
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

function tellRecovered(runs: readonly OpenRun[], world: World): void {
  for (const { recovered, file } of runs) {
    if (recovered.asked + recovered.torn + recovered.dropped === 0) continue;
    const notes = [
      recovered.torn > 0 ? [`${recovered.torn} cut lines dropped`] : [],
      recovered.dropped > 0 ? [`${recovered.dropped} calls that no longer hold dropped`] : [],
    ].flat();
    world.stderr.write(
      `${file.arm}: ${[`${recovered.asked} calls were already asked`, ...notes].join(', ')}\n`,
    );
  }
}

function tooManyCalls(calls: number, most: number): UserError {
  return new UserError(`the plan has ${calls} calls, more than the ${most} allowed`, {
    hint: 'raise --max-calls, or ask less with --limit, --paraphrases or --seeds',
  });
}
