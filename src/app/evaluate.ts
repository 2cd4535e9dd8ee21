import path from 'node:path';
import type { Redact } from '../base/redact.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import type { GoldSet } from '../plan/gold-set.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunRecord } from '../scoring/record.ts';
import { openEmbedder } from '../embed/open.ts';
import { defaultCacheFolder } from '../embed/cache-folder.ts';
import type { PlanFile } from '../store/documents/plan.ts';
import {
  openNewSession,
  releaseRuns,
  reopenSession,
  type OpenRun,
  type SessionArm,
  type SessionSetting,
} from '../asking/session.ts';
import { Interruption, type Interrupts } from './interrupts.ts';
import { closeArms, openArms } from './arms/open-arms.ts';
import { provenanceOf } from './provenance.ts';
import { askAndRecord } from './run-session.ts';
import { signingOf } from './signing/signing.ts';
import type { WorkProgress } from './work-progress.ts';

/** All that is settled before the first call of an evaluation. */
export interface Evaluation {
  readonly world: World;
  readonly config: Config;
  readonly gold: GoldSet;
  readonly plan: Plan;
  /** The arms to ask. */
  readonly names: readonly string[];
  /** The plans of the runs to resume; absent for a new session. */
  readonly stored?: readonly PlanFile[] | undefined;
  readonly redact: Redact;
  /** Whether answers are scored; without it they are only recorded. */
  readonly scores: boolean;
}

/** Who follows an evaluation, and may end it. */
export interface Following {
  readonly interrupts: Interrupts;
  readonly progress: WorkProgress;
  /** Told of the runs before the first call. */
  readonly onOpened?: (runs: readonly OpenRun[]) => void;
}

export interface Evaluated {
  readonly records: readonly RunRecord[];
  readonly interrupted: boolean;
}

/** Asks arms a gold set, scores and records what they answered, and closes everything again, however it ends. */
export async function evaluate(evaluation: Evaluation, following: Following): Promise<Evaluated> {
  const { world, config, redact, gold, scores } = evaluation;
  const { interrupts, progress } = following;
  // A key that cannot be used is told before the first call.
  const signer = signingOf(config, world).signer();
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(world.environment),
    workingDirectory: config.folder,
    environment: world.environment,
  });
  const arms = await openArms(evaluation.names, { config, world, redact, embedder });
  let runs: readonly OpenRun[] = [];
  try {
    if (scores) await embedder.identity({ signal: interrupts.stopAsking });
    runs = await openRuns(evaluation, arms);
    following.onOpened?.(runs);
    const scoredBy = scores ? embedder : undefined;
    const work = { clock: world.clock, config, gold, interrupts, progress, embedder: scoredBy, signer };
    const records = await askAndRecord(runs, work);
    return { records, interrupted: interrupts.stopAsking.aborted };
  } catch (error) {
    if (error instanceof Interruption) return { records: [], interrupted: true };
    throw error;
  } finally {
    await releaseRuns(runs);
    await closeArms(arms);
    await embedder.close();
  }
}

async function openRuns(evaluation: Evaluation, arms: readonly SessionArm[]): Promise<readonly OpenRun[]> {
  const setting = await sessionSetting(evaluation);
  return evaluation.stored === undefined
    ? openNewSession(setting, arms)
    : reopenSession(setting, evaluation.stored, arms);
}

async function sessionSetting(evaluation: Evaluation): Promise<SessionSetting> {
  const { config, gold, plan, world, redact } = evaluation;
  const { limit, tag, rate } = config.plan;
  return {
    store: config.store,
    gold,
    goldPath: redact(path.relative(world.workingDirectory, config.gold) || '.'),
    plan,
    planOptions: { limit, tag, rate },
    scored: evaluation.scores,
    provenance: await provenanceOf(world, config, redact),
    clock: world.clock,
  };
}
