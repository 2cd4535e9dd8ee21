import type { Signer } from '../base/integrity/signer.ts';
import type { Clock } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import type { GoldSet } from '../plan/gold-set.ts';
import type { RunRecord } from '../scoring/record.ts';
import type { Embedder } from '../embed/embedder.ts';
import { askSession } from '../asking/ask-session.ts';
import { finishRun } from '../asking/finish-run.ts';
import type { QueueEnd } from '../asking/arm-queue.ts';
import { scoreRun } from '../asking/score-run.ts';
import type { OpenRun } from '../asking/session.ts';
import { embedderSha256, scoringOf } from './configured-subject.ts';
import type { Interrupts } from './interrupts.ts';
import { noProgress, type WorkProgress } from './work-progress.ts';

export interface SessionWork {
  readonly clock: Clock;
  readonly config: Config;
  readonly gold: GoldSet;
  /** Absent: nothing is scored. */
  readonly embedder?: Embedder | undefined;
  readonly interrupts: Interrupts;
  readonly progress: WorkProgress;
  readonly signer: Signer | undefined;
}

/** Asks all runs, then scores and records each. The scores come after the last call, so that they disturb no latency. */
export async function askAndRecord(
  runs: readonly OpenRun[],
  work: SessionWork,
): Promise<readonly RunRecord[]> {
  const ends = await askAll(runs, work);
  const records: RunRecord[] = [];
  for (const [index, run] of runs.entries()) {
    if (run.ended !== undefined) {
      records.push(run.ended);
      continue;
    }
    const status = ends[index] ?? 'interrupted';
    records.push(await recordRun(run, status, work));
  }
  return records;
}

async function askAll(
  runs: readonly OpenRun[],
  { interrupts, clock, config, progress }: SessionWork,
): Promise<readonly QueueEnd[]> {
  const shown = progress.asking(runs.reduce((sum, run) => sum + run.plan.cells - run.recovered.asked, 0));
  const { stopAsking, stopNow } = interrupts;
  return askSession(runs, {
    clock,
    warmup: config.plan.warmup,
    stopAsking,
    stopNow,
    onCall: shown.onProgress,
  }).finally(shown.end);
}

/** An interrupted run is recorded without scores: who interrupts does not want to wait, and a resume scores the whole. */
async function recordRun(run: OpenRun, status: QueueEnd, work: SessionWork): Promise<RunRecord> {
  const { config, gold, interrupts } = work;
  const embedder = status === 'interrupted' ? undefined : work.embedder;
  const scoring = scoringOf(config, run.file.arm);
  const shown = (embedder === undefined ? noProgress : work.progress).scoring(run.file.arm);
  const result = await scoreRun({
    folder: run.folder,
    arm: run.file.arm,
    plan: run.plan,
    documents: gold.documents,
    scoring,
    prices: run.member.prices,
    embedder,
    signal: interrupts.stopAsking.aborted ? interrupts.stopNow : interrupts.stopAsking,
    onProgress: shown.onProgress,
  }).finally(shown.end);
  return finishRun({
    folder: run.folder,
    file: run.file,
    status,
    scoring,
    embedder: await embedder?.identity(),
    embedderSettings: embedderSha256(config),
    result,
    signer: work.signer,
  });
}
