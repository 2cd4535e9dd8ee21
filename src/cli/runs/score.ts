import path from 'node:path';
import { exitCodes, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { findRun } from '../../store/find-run.ts';
import { lockRun } from '../../store/lock.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { readConfiguredGold } from '../../app/configured-gold.ts';
import { renewPagesOf, renewingPages } from '../../app/renew-reports.ts';
import { reportRuns, type ReportSetting } from '../../app/report.ts';
import { rescore, rescoreRun, type Rescoring } from '../../app/rescore.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { printEnd } from '../run/run-summary.ts';
import { terminalProgress } from '../work-progress.ts';
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
    const { record, gold, file } = await rescoring({ config, world }, (setting) => rescore(folder, setting));
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

/** Scores a run again while no other process has it. */
export async function rescoreAlone(folder: RunFolder, config: Config, world: World): Promise<void> {
  await rescoring({ config, world }, (setting) => rescoreRun(folder, setting));
}

async function rescoring<Result>(
  { config, world }: { readonly config: Config; readonly world: World },
  work: (setting: Rescoring) => Promise<Result>,
): Promise<Result> {
  const interrupts = listenForInterrupts(world);
  try {
    return await work({ config, world, signal: interrupts.stopAsking, progress: terminalProgress(world) });
  } finally {
    interrupts.stopListening();
  }
}
