import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { planOf, type Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { callsMade } from '../../scoring/summary/call-tally.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import type { Embedder } from '../../embed/embedder.ts';
import { openEmbedder } from '../../embed/open.ts';
import { findRun } from '../../store/find-run.ts';
import { finishRun } from '../../asking/finish-run.ts';
import { lockRun } from '../../store/lock.ts';
import { readPlan, type PlanFile } from '../../store/documents/plan.ts';
import { readStoredGold, type StoredGold } from '../../store/documents/gold.ts';
import { readRecord } from '../../store/documents/run.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { scoreRun } from '../../asking/score-run.ts';
import { readConfiguredGold } from '../../app/configured-gold.ts';
import { Interruption, listenForInterrupts } from '../../app/interrupts.ts';
import { embedderSha256, scoringOf } from '../../app/configured-subject.ts';
import { createScoringProgress, progressSink } from '../../reports/terminal/progress.ts';
import { printEnd } from '../run/run-summary.ts';
import { renewPagesOf, renewingPages } from '../../app/renew-reports.ts';
import { reportRuns, type ReportSetting } from '../../app/report.ts';
import type { RunsFlags } from './flags.ts';

/** Scores a recorded run again, with the embedder and the thresholds configured now; asks nothing, and renews no time. */
export async function scoreStoredRun(reference: string, flags: RunsFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.scoring });
  const gold = await readConfiguredGold(config, world.workingDirectory);
  return renewingPages([reference], { config, world, gold }, async () =>
    scoreFolder(await findRun(config.store, reference, world.workingDirectory), flags, {
      config,
      world,
      gold,
    }),
  );
}

async function scoreFolder(
  folder: RunFolder,
  flags: RunsFlags,
  { config, world, gold: configuredGold }: ReportSetting,
): Promise<ExitCode> {
  const release = await lockRun(folder.lock);
  try {
    const { record, gold, file } = await rescored(folder, config, world);
    const setting = { world, config: { ...config, store: path.dirname(folder.path) }, flags };
    const reporting = { ...setting, gold: configuredGold };
    await reportRuns([record], reporting);
    await renewPagesOf(record.id, reporting);
    printEnd([record], {
      ...setting,
      gold: { ...gold, sha256: file.gold.sha256, path: file.gold.path, documents: new Map() },
    });
    return exitCodes.pass;
  } finally {
    await release();
  }
}

/** Scores a run again while no other process has it. Throws a `UserError` (exit 4) where that cannot be done. */
export async function rescoreRun(folder: RunFolder, config: Config, world: World): Promise<void> {
  const release = await lockRun(folder.lock);
  try {
    await rescored(folder, config, world);
  } finally {
    await release();
  }
}

interface Rescored {
  readonly record: RunRecord;
  readonly gold: StoredGold;
  readonly file: PlanFile;
}

async function rescored(folder: RunFolder, config: Config, world: World): Promise<Rescored> {
  const file = await readPlan(folder);
  if (file === undefined)
    throw new UserError(`run "${folder.id}" has no plan.json`, { exitCode: exitCodes.error });
  const gold = await readStoredGold(path.dirname(folder.path), file.gold.stored_as);
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(world.environment),
    workingDirectory: config.folder,
    environment: world.environment,
  });
  const interrupts = listenForInterrupts(world);
  try {
    const record = await scoredAgain({ folder, file, gold }, config, {
      embedder,
      signal: interrupts.stopAsking,
      world,
    });
    return { record, gold, file };
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    throw new UserError('interrupted: the record is as it was', {
      hint: `score it with: flipgate runs score ${folder.id}`,
      exitCode: exitCodes.interrupted,
    });
  } finally {
    interrupts.stopListening();
    await embedder.close();
  }
}

interface Stored extends Omit<Rescored, 'record'> {
  readonly folder: RunFolder;
}

async function scoredAgain(
  { folder, file, gold }: Stored,
  config: Config,
  { embedder, signal, world }: { embedder: Embedder; signal: AbortSignal; world: World },
): Promise<RunRecord> {
  const before = await readRecord(folder).catch(() => undefined);
  const settings = config.arms.get(file.arm);
  const scoring = scoringOf(config, file.arm);
  const progress = createScoringProgress(file.arm, progressSink(world, false));
  const result = await scoreRun({
    folder,
    arm: file.arm,
    plan: storedPlan(file, gold),
    documents: new Map(Object.entries(gold.documents)),
    scoring,
    prices: settings?.prices,
    embedder,
    signal,
    onProgress: progress.onProgress,
  }).finally(progress.end);
  const asked = result.summary.calls.planned === callsMade(result.summary.calls);
  const status = before?.status ?? (asked ? 'complete' : 'interrupted');
  return finishRun({
    folder,
    file,
    status,
    scoring,
    embedder: await embedder.identity(),
    embedderSettings: embedderSha256(config),
    result,
  });
}

function storedPlan({ plan, gold: { path: goldPath, sha256 } }: PlanFile, gold: StoredGold): Plan {
  const { phrasings, seeds, order_seed: orderSeed, limit, tag } = plan;
  return planOf(
    { sha256, path: goldPath, questions: gold.questions, documents: new Map() },
    { paraphrases: phrasings - 1, seeds, orderSeed, limit, tag },
  );
}
