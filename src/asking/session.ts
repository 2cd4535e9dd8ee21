import { mkdir } from 'node:fs/promises';
import { fileHash, toWriteError } from '../base/files.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunRecord } from '../scoring/record.ts';
import { planFileOf, type SessionArm, type SessionSetting } from './session-plan.ts';
import { lockRun, type Release } from '../store/lock.ts';
import { keepGold, storeGold } from '../store/documents/gold.ts';
import { writePlan, type PlanFile } from '../store/documents/plan.ts';
import { readRecord } from '../store/documents/run.ts';
import { nothingAsked, nothingMissing, recoverCalls, type Recovered } from '../store/recover.ts';
import { storeMode } from '../base/regular-file.ts';
import { newRunId, newSessionId, runFolder, type RunFolder } from '../store/run-folder.ts';

export type { SessionArm, SessionSetting } from './session-plan.ts';

/** One run while this process has it. */
export interface OpenRun {
  readonly folder: RunFolder;
  readonly file: PlanFile;
  readonly member: SessionArm;
  readonly plan: Plan;
  readonly recovered: Recovered;
  /** The record that an earlier process wrote and that still holds: nothing is missing, nothing has changed. */
  readonly ended?: RunRecord | undefined;
  readonly release: Release;
}

/** Starts a new session: a folder with its plan for every arm, before the first call. */
export async function openNewSession(
  setting: SessionSetting,
  members: readonly SessionArm[],
): Promise<readonly OpenRun[]> {
  const now = setting.clock.now();
  const session = newSessionId(now);
  const arms = members.map(({ arm }) => arm.name);
  const storedAs = await storeGold(setting.store, setting.gold);
  return openEach(members, async (member) => {
    const folder = runFolder(setting.store, newRunId(now, member.arm.name));
    const file = planFileOf(setting, member, { id: folder.id, session, arms, storedAs, now });
    const release = await lockNewRun(folder);
    try {
      await writePlan(folder, file);
      await keepGold(setting.store, setting.gold, storedAs);
    } catch (error) {
      await release();
      throw error;
    }
    return { folder, file, member, plan: setting.plan, recovered: nothingAsked(setting.plan), release };
  });
}

/** Before its plan: a run that nobody holds would count as killed. */
async function lockNewRun(folder: RunFolder): Promise<Release> {
  await mkdir(folder.path, { recursive: true, mode: storeMode().folder }).catch((error: unknown) => {
    throw toWriteError(folder.path, error);
  });
  return lockRun(folder.lock);
}

/** Opens stored runs again: what was asked and still holds is kept, the plan is written anew under the same id. */
export async function reopenSession(
  setting: SessionSetting,
  stored: readonly PlanFile[],
  members: readonly SessionArm[],
): Promise<readonly OpenRun[]> {
  const storedAs = await storeGold(setting.store, setting.gold);
  return openEach(stored, async (file) => {
    const member = members.find((candidate) => candidate.arm.name === file.arm);
    return member && reopenRun(setting, file, { member, storedAs });
  });
}

/** Opens one run after the other; where one cannot be opened, those before it are released. */
async function openEach<Item>(
  items: readonly Item[],
  open: (item: Item) => Promise<OpenRun | undefined>,
): Promise<readonly OpenRun[]> {
  const runs: OpenRun[] = [];
  try {
    for (const item of items) {
      const run = await open(item);
      if (run !== undefined) runs.push(run);
    }
    return runs;
  } catch (error) {
    await releaseRuns(runs);
    throw error;
  }
}

/** Releases all runs, whatever becomes of one; the first that could not be released is thrown. */
export async function releaseRuns(runs: readonly OpenRun[]): Promise<void> {
  const ends = await Promise.allSettled(runs.map((run) => run.release()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function reopenRun(
  setting: SessionSetting,
  stored: PlanFile,
  now: { member: SessionArm; storedAs: string },
): Promise<OpenRun> {
  const folder = runFolder(setting.store, stored.id);
  const release = await lockRun(folder.lock);
  const opened = { folder, member: now.member, plan: setting.plan, release };
  try {
    const ended = await endedRecord(folder, { setting, stored, storedAs: now.storedAs });
    if (ended !== undefined)
      return { ...opened, file: stored, recovered: nothingMissing(setting.plan), ended };
    const recovered = await recoverCalls(folder, setting.plan, stored.arm);
    const fresh = planFileOf(setting, now.member, {
      id: stored.id,
      session: stored.session,
      arms: stored.session_arms ?? [stored.arm],
      storedAs: now.storedAs,
      now: Date.parse(stored.started_at),
    });
    const file = {
      ...fresh,
      role: stored.role,
      provenance: stored.provenance,
      torn_lines: (stored.torn_lines ?? 0) + recovered.torn,
    };
    await writePlan(folder, file);
    await keepGold(setting.store, setting.gold, now.storedAs);
    return { ...opened, file, recovered };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The record of a run that is over, when nothing about it has changed since: then its journal needs no reading. */
async function endedRecord(
  folder: RunFolder,
  now: { setting: SessionSetting; stored: PlanFile; storedAs: string },
): Promise<RunRecord | undefined> {
  const { setting, stored } = now;
  const samePlan = stored.gold.stored_as === now.storedAs && stored.plan.cells === setting.plan.cells;
  const record = samePlan ? await readRecord(folder).catch(() => undefined) : undefined;
  if (record?.status !== 'complete' || (record.embedder !== undefined) !== setting.scored) return undefined;
  // A resume that was refused leaves the new plan beside the old record.
  if (record.gold.sha256 !== setting.gold.sha256 || record.plan.cells !== setting.plan.cells)
    return undefined;
  return (await fileHash(folder.calls)) === record.files['calls.jsonl'] ? record : undefined;
}
