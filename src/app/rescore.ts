import path from 'node:path';
import { UserError, exitCodes } from '../base/errors.ts';
import type { Trust } from '../base/integrity/trust.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { planOf, type Plan } from '../plan/plan.ts';
import type { RunRecord } from '../scoring/record.ts';
import { callsMade } from '../scoring/summary/call-tally.ts';
import { defaultCacheFolder } from '../embed/cache-folder.ts';
import type { Embedder } from '../embed/embedder.ts';
import { openEmbedder } from '../embed/open.ts';
import { finishRun } from '../asking/finish-run.ts';
import { scoreRun } from '../asking/score-run.ts';
import { lockRun } from '../store/lock.ts';
import { readPlan, type PlanFile } from '../store/documents/plan.ts';
import { readStoredGold, type StoredGold } from '../store/documents/gold.ts';
import { readRecord } from '../store/documents/run.ts';
import { checkFiles } from '../store/hashes.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { embedderSha256, scoringOf } from './configured-subject.ts';
import { Interruption } from './interrupts.ts';
import { signingOf } from './signing/signing.ts';
import type { WorkProgress } from './work-progress.ts';

export interface Rescoring {
  readonly config: Config;
  readonly world: World;
  readonly signal: AbortSignal;
  readonly progress: WorkProgress;
  /** Takes no vector that was kept. */
  readonly anew?: boolean | undefined;
}

/** Scores a run again, with vectors computed anew, while no other process has it. Throws a `UserError` (exit 4) where that cannot be done. */
export async function rescoreRun(folder: RunFolder, setting: Rescoring): Promise<void> {
  const release = await lockRun(folder.lock);
  try {
    await rescore(folder, { ...setting, anew: true });
  } finally {
    await release();
  }
}

/** A run that was scored again. */
export interface Rescored {
  readonly record: RunRecord;
  readonly gold: StoredGold;
  readonly file: PlanFile;
}

/** Scores a run again, with the embedder and the thresholds configured now; the caller has its lock. Asks nothing, and renews no time. */
export async function rescore(folder: RunFolder, setting: Rescoring): Promise<Rescored> {
  const { config, world } = setting;
  const file = await readPlan(folder);
  if (file === undefined)
    throw new UserError(`run "${folder.id}" has no plan.json`, { exitCode: exitCodes.error });
  const gold = await readStoredGold(path.dirname(folder.path), file.gold.stored_as);
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(world.environment),
    workingDirectory: config.folder,
    environment: world.environment,
    anew: setting.anew,
  });
  try {
    const record = await scoredAgain({ folder, file, gold }, setting, embedder);
    return { record, gold, file };
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    throw new UserError('interrupted: the record is as it was', {
      hint: `score it with: flipgate runs score ${folder.id}`,
      exitCode: exitCodes.interrupted,
    });
  } finally {
    await embedder.close();
  }
}

interface Stored extends Omit<Rescored, 'record'> {
  readonly folder: RunFolder;
}

async function scoredAgain(
  { folder, file, gold }: Stored,
  { config, world, signal, progress }: Rescoring,
  embedder: Embedder,
): Promise<RunRecord> {
  const before = await readRecord(folder).catch(() => undefined);
  const signing = signingOf(config, world);
  const signer = signing.signer();
  if (signer !== undefined) await requireSignedCalls(folder, before, signing.trust);
  const settings = config.arms.get(file.arm);
  const scoring = scoringOf(config, file.arm);
  const shown = progress.scoring(file.arm);
  const result = await scoreRun({
    folder,
    arm: file.arm,
    plan: storedPlan(file, gold),
    documents: new Map(Object.entries(gold.documents)),
    scoring,
    prices: settings?.prices,
    embedder,
    signal,
    onProgress: shown.onProgress,
  }).finally(shown.end);
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
    signer,
  });
}

/** Whoever signs scores speaks for the calls: they have to be those that were signed when they were asked. Throws a `UserError` (exit 4). */
async function requireSignedCalls(
  folder: RunFolder,
  before: RunRecord | undefined,
  trust: Trust,
): Promise<void> {
  if (before === undefined || !trust.isSigned(before))
    throw new UserError(
      `run ${folder.id} has no record that a trusted key has signed: its calls may be anybody's`,
      {
        hint: 'ask again, or go on with it: flipgate run --resume',
        exitCode: exitCodes.error,
      },
    );
  await checkFiles(folder, before, ['calls.jsonl', 'snippets.jsonl']);
}

function storedPlan({ plan, gold: { path: goldPath, sha256 } }: PlanFile, gold: StoredGold): Plan {
  const { phrasings, seeds, order_seed: orderSeed, limit, tag } = plan;
  return planOf(
    { sha256, path: goldPath, questions: gold.questions, documents: new Map() },
    { paraphrases: phrasings - 1, seeds, orderSeed, limit, tag },
  );
}
