import { existsSync } from 'node:fs';
import path from 'node:path';
import { listDirectory } from '../base/files.ts';
import type { Verdict } from '../gates/verdict.ts';
import { runIdPattern } from '../plan/run-id.ts';
import { reportFile } from '../reports/report-file.ts';
import { findRun } from '../store/find-run.ts';
import { LineFile } from '../store/line-file.ts';
import { runFolder } from '../store/run-folder.ts';
import { writeOr, type ReportSetting } from './report.ts';

/**
 * Writes the reports anew that stand in the store about runs and tell a verdict: an older one. One that cannot be written anew, like that of a run
 * which is damaged or gone, is removed: what it says does not hold. One that tells no verdict claims nothing, and stays. Returns those that were
 * renewed.
 */
export async function renewReports(
  { candidate: id, baseline: before }: Verdict['runs'],
  setting: ReportSetting,
): Promise<readonly string[]> {
  if (id === undefined) return [];
  const { store } = setting.config;
  const candidate = runFolder(store, id);
  const pair = before === undefined ? [] : [{ candidate, baseline: runFolder(store, before) }];
  const renewed: string[] = [];
  for (const subject of [{ candidate }, ...pair]) {
    if (!tellsVerdict(reportFile(subject))) continue;
    const written = await writeOr(subject, setting, () => undefined);
    if (written !== undefined) renewed.push(written);
  }
  return renewed;
}

/** The same of a run's own page and of everything that it was compared with. */
export async function renewPagesOf(run: string, setting: ReportSetting): Promise<void> {
  await renewReports({ candidate: run }, setting);
  for (const name of await listDirectory(path.join(setting.config.store, 'comparisons'))) {
    const [baseline = '', candidate = ''] = name.split('..');
    if ((baseline === run || candidate === run) && [baseline, candidate].every((id) => runIdPattern.test(id)))
      await renewReports({ baseline, candidate }, setting);
  }
}

/** Does something with the runs that references mean. Where it fails, no page goes on telling a verdict about them that does not hold any more. */
export async function renewingPages<Value>(
  references: readonly string[],
  setting: ReportSetting,
  use: () => Promise<Value>,
): Promise<Value> {
  try {
    return await use();
  } catch (error) {
    const { config, world } = setting;
    for (const reference of references) {
      const found = await findRun(config.store, reference, world.workingDirectory).catch(() => undefined);
      const id = found?.id ?? reference;
      if (runIdPattern.test(id)) await renewPagesOf(id, setting);
    }
    throw error;
  }
}

/** Where a page's title ends at the latest, in bytes. */
const headBytes = 4096;

/** Whether there is a page that tells a verdict: its title begins with it. */
function tellsVerdict(file: string): boolean {
  if (!existsSync(file)) return false;
  const page = new LineFile(file);
  try {
    return /<title>(?:pass|fail|inconclusive|error)\b/u.test(page.read({ start: 0, length: headBytes }));
  } finally {
    page.close();
  }
}
