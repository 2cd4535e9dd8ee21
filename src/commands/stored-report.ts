import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import type { RunRecord } from '../core/record.ts';
import { verdictsAbout } from '../engine/read-verdicts.ts';
import { reportFile } from '../engine/report-file.ts';
import { runFolder, type RunFolder } from '../engine/run-folder.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { storedComparison } from './stored-comparison.ts';
import { readNow } from './verdict-reading.ts';

export interface ReportSetting {
  readonly config: Config;
  readonly world: World;
}

export interface ReportSubject {
  readonly candidate: RunFolder;
  readonly baseline?: RunFolder | undefined;
  /** The stored one by default. */
  readonly comparison?: Comparison | undefined;
  /** As they may be read now; those that are stored about these runs by default. */
  readonly verdicts?: readonly Verdict[] | undefined;
}

export interface ReportPlace {
  readonly file?: string | undefined;
  readonly withTexts?: boolean | undefined;
}

/** Writes the report of a run or of two that were compared, by default beside their files. Returns where it is. */
export async function writeStoredReport(
  subject: ReportSubject,
  { config, world }: ReportSetting,
  place: ReportPlace = {},
): Promise<string> {
  const [{ readReport }, { writeReport }] = await Promise.all([import('../engine/read-report.ts'), import('../engine/write-report.ts')]);
  const { candidate, baseline } = subject;
  const { store } = config;
  const runs = { candidate: candidate.id, ...(baseline && { baseline: baseline.id }) };
  const withTexts = place.withTexts !== false;
  const model = await readReport({
    candidate,
    baseline,
    comparison: subject.comparison ?? (baseline && (await storedComparison({ candidate, baseline }))),
    verdicts: subject.verdicts ?? (await readNow(await verdictsAbout(store, runs), { config, world })),
    withTexts,
  });
  const file = place.file ?? reportFile({ candidate, baseline, withTexts });
  await writeReport(file, model);
  return file;
}

/** The reports of runs that were just asked. What was measured is whole without them: where one cannot be written, that is said. */
export async function reportRuns(records: readonly RunRecord[], setting: ReportSetting): Promise<void> {
  for (const { id } of records) await writeOrSay({ candidate: runFolder(setting.config.store, id) }, setting);
}

/** The report of what a verdict is about; `undefined` where there is no such run, or it could not be written. */
export async function reportJudged({ runs }: Verdict, setting: ReportSetting): Promise<string | undefined> {
  const { candidate, baseline } = foldersIn(setting.config.store, runs);
  return candidate === undefined ? undefined : writeOrSay({ candidate, baseline }, setting);
}

/**
 * Writes the reports anew that stand in the store about runs of which something else is true now, such as another verdict. One that cannot
 * be written anew is removed: what it says does not hold. Returns those that are there.
 */
export async function renewReports(runs: Verdict['runs'], setting: ReportSetting): Promise<readonly string[]> {
  const { candidate, baseline } = foldersIn(setting.config.store, runs);
  if (candidate === undefined) return [];
  const subjects = [{ candidate }, ...(baseline === undefined ? [] : [{ candidate, baseline }])];
  const renewed: string[] = [];
  for (const subject of subjects) {
    if (!existsSync(reportFile(subject))) continue;
    const written = await writeOr(subject, setting, () => undefined);
    if (written !== undefined) renewed.push(written);
  }
  return renewed;
}

/** The folders of a verdict's runs that are in the store and have ended. */
export function foldersIn(store: string, { candidate, baseline }: Verdict['runs']): Partial<Record<keyof Verdict['runs'], RunFolder>> {
  const folderOf = (id: string | undefined): RunFolder | undefined => {
    const folder = id === undefined ? undefined : runFolder(store, id);
    return folder !== undefined && existsSync(folder.record) ? folder : undefined;
  };
  const found = { candidate: folderOf(candidate), baseline: folderOf(baseline) };
  return { ...(found.candidate && { candidate: found.candidate }), ...(found.baseline && { baseline: found.baseline }) };
}

function writeOrSay(subject: ReportSubject, setting: ReportSetting): Promise<string | undefined> {
  return writeOr(subject, setting, (problem) => setting.world.stderr.write(`no report was written: ${problem.message}\n`));
}

/** An older page does not stay where the new one cannot be written: it would go on saying what does not hold. */
async function writeOr(
  subject: ReportSubject,
  setting: ReportSetting,
  onProblem: (problem: UserError) => void,
): Promise<string | undefined> {
  try {
    return await writeStoredReport(subject, setting);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await rm(reportFile(subject), { force: true }).catch(() => undefined);
    onProblem(error);
    return undefined;
  }
}
