import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { writeAtomically } from '../base/files.ts';
import { writeOutput } from '../base/output-file.ts';
import type { World } from '../base/world.ts';
import type { RunRecord } from '../scoring/record.ts';
import { verdictsAbout } from '../store/documents/verdict.ts';
import { reportFile } from '../reports/report-file.ts';
import { runFolder, type RunFolder } from '../store/run-folder.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { storedComparison } from './stored-comparison.ts';
import { signingOf } from './signing/signing.ts';
import { revalidateAll, type VerdictSetting } from './revalidate.ts';

export interface ReportSetting extends VerdictSetting {
  readonly world: World;
}

export interface ReportedRuns {
  readonly candidate: RunFolder;
  readonly baseline?: RunFolder | undefined;
  /** The stored one by default. */
  readonly comparison?: Comparison | undefined;
}

export interface ReportPlace {
  readonly file?: string | undefined;
  readonly withTexts?: boolean | undefined;
}

/** Writes the report of a run or of two that were compared, by default beside their files. Returns where it is. */
export async function writeStoredReport(
  subject: ReportedRuns,
  setting: ReportSetting,
  place: ReportPlace = {},
): Promise<string> {
  const [{ readReport }, { reportPage }] = await Promise.all([
    import('../reports/read/read-report.ts'),
    import('../reports/html/page.ts'),
  ]);
  const { candidate, baseline } = subject;
  const { store } = setting.config;
  const runs = { candidate: candidate.id, ...(baseline && { baseline: baseline.id }) };
  const { trust } = signingOf(setting.config, setting.world);
  const withTexts = place.withTexts !== false;
  const model = await readReport({
    candidate,
    baseline,
    comparison: subject.comparison ?? (baseline && (await storedComparison({ candidate, baseline }, trust))),
    verdicts: await revalidateAll(await verdictsAbout(store, runs), setting),
    withTexts,
  });
  const file = place.file ?? reportFile({ candidate, baseline, withTexts });
  const page = reportPage(model, setting.world.build.pageAssets());
  if (place.file === undefined) await writeAtomically(file, page);
  else await writeOutput(file, page);
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

/** The folders of a verdict's runs that are in the store and have ended. */
export function foldersIn(
  store: string,
  { candidate, baseline }: Verdict['runs'],
): Partial<Record<keyof Verdict['runs'], RunFolder>> {
  const folderOf = (id: string | undefined): RunFolder | undefined => {
    const folder = id === undefined ? undefined : runFolder(store, id);
    return folder !== undefined && existsSync(folder.record) ? folder : undefined;
  };
  const found = { candidate: folderOf(candidate), baseline: folderOf(baseline) };
  return {
    ...(found.candidate && { candidate: found.candidate }),
    ...(found.baseline && { baseline: found.baseline }),
  };
}

function writeOrSay(subject: ReportedRuns, setting: ReportSetting): Promise<string | undefined> {
  return writeOr(subject, setting, (problem) =>
    setting.world.stderr.write(`no report was written: ${problem.message}\n`),
  );
}

/** An older page does not stay where the new one cannot be written: it would go on saying what does not hold. */
export async function writeOr(
  subject: ReportedRuns,
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
