import { existsSync } from 'node:fs';
import { UserError } from '../base/errors.ts';
import type { World } from '../base/world.ts';
import type { RunRecord } from '../core/record.ts';
import { readComparison, verdictsAbout } from '../engine/read-verdicts.ts';
import { runFolder, type RunFolder } from '../engine/run-folder.ts';
import { asRead } from '../gates/fresh.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';

export interface ReportSetting {
  readonly config: { readonly store: string };
  readonly world: World;
}

export interface ReportSubject {
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
  subject: ReportSubject,
  { config: { store }, world }: ReportSetting,
  place: ReportPlace = {},
): Promise<string> {
  const [{ readReport }, { reportFile, writeReport }] = await Promise.all([
    import('../engine/read-report.ts'),
    import('../engine/write-report.ts'),
  ]);
  const { candidate, baseline } = subject;
  const runs = { candidate: candidate.id, ...(baseline && { baseline: baseline.id }) };
  const now = world.clock.now();
  const model = await readReport({
    candidate,
    baseline,
    comparison: subject.comparison ?? (await readComparison(store, runs)),
    verdicts: verdictsAbout(store, runs).map((verdict) => asRead(verdict, { now })),
    withTexts: place.withTexts !== false,
  });
  const file = place.file ?? reportFile(candidate, baseline);
  await writeReport(file, model);
  return file;
}

/** The reports of runs that were just asked. What was measured is whole without them: where one cannot be written, that is said. */
export async function reportRuns(records: readonly RunRecord[], setting: ReportSetting): Promise<void> {
  for (const { id } of records) await orSay(setting, () => writeStoredReport({ candidate: runFolder(setting.config.store, id) }, setting));
}

/** The report of two runs that were compared; `undefined` where it could not be written. */
export async function reportPair(subject: ReportSubject, setting: ReportSetting): Promise<string | undefined> {
  return orSay(setting, () => writeStoredReport(subject, setting));
}

/** The report of what a verdict is about; `undefined` where there is no such run, or it could not be written. */
export async function reportJudged({ runs }: Verdict, setting: ReportSetting): Promise<string | undefined> {
  const folderOf = (id: string | undefined): RunFolder | undefined => {
    const folder = id === undefined ? undefined : runFolder(setting.config.store, id);
    return folder !== undefined && existsSync(folder.record) ? folder : undefined;
  };
  const [candidate, baseline] = [folderOf(runs.candidate), folderOf(runs.baseline)];
  if (candidate === undefined) return undefined;
  return orSay(setting, () => writeStoredReport({ candidate, baseline }, setting));
}

async function orSay({ world }: ReportSetting, write: () => Promise<string>): Promise<string | undefined> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    world.stderr.write(`no report was written: ${error.message}\n`);
    return undefined;
  }
}
