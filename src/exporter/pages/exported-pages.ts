import type { PageAssets } from '../../base/build.ts';
import { codeOf } from '../../base/errors.ts';
import { isUnusable } from '../../base/regular-file.ts';
import type { IndexedRun, TrendPoint } from '../../reports/html/index/indexed-run.ts';
import type { MissingReport } from '../../reports/html/missing-page.ts';
import type { Snapshot } from '../snapshot.ts';
import type { ExportSource, ListedRun, ReportPageSubject } from '../source.ts';
import { reportFile } from '../../reports/report-file.ts';
import { runIdPattern } from '../../plan/run-id.ts';
import { runFolder } from '../../store/run-folder.ts';
import { SharedPages } from './shared-pages.ts';
import { VerdictHistory } from './verdict-history.ts';

export interface PageParts {
  readonly snapshot: () => Snapshot;
  /** Newest first. */
  readonly runs: () => readonly ListedRun[];
  readonly trendOf: (id: string) => TrendPoint | undefined;
  readonly assets: () => PageAssets;
}

/** The pages of a store: its index, and the reports that were written into it. What makes them is loaded when the first one is asked for. */
export function exportedPages(store: string, parts: PageParts): ExportSource['page'] {
  const history = new VerdictHistory(store);
  const shared = new SharedPages();
  return async (subject) => {
    if (subject.kind === 'index') {
      await history.follow();
      const { indexPage } = await import('../../reports/html/index/page.ts');
      const { verdicts } = parts.snapshot();
      const runs = parts.runs().map((run) => indexedRun(run, history, parts.trendOf(run.id)));
      return Buffer.from(
        indexPage({ verdicts, runs, before: subject.before, now: subject.now }, parts.assets()),
      );
    }
    if (subject.kind === 'missing') {
      const { missingPage } = await import('../../reports/html/missing-page.ts');
      return Buffer.from(missingPage(missingReport(subject.report, parts.runs()), parts.assets()));
    }
    const file = fileOf(store, subject);
    return file === undefined ? undefined : shared.read(file).catch(missingOnly);
  };
}

/** Where a report is, for ids that are such: nothing else that was asked for becomes a path. */
function fileOf(store: string, subject: ReportPageSubject): string | undefined {
  if (!idsOf(subject).every((id) => runIdPattern.test(id))) return undefined;
  if (subject.kind === 'run') return reportFile({ candidate: runFolder(store, subject.run) });
  return reportFile({
    candidate: runFolder(store, subject.candidate),
    baseline: runFolder(store, subject.baseline),
  });
}

function idsOf(subject: ReportPageSubject): readonly string[] {
  return subject.kind === 'run' ? [subject.run] : [subject.baseline, subject.candidate];
}

function missingReport(subject: ReportPageSubject, runs: readonly ListedRun[]): MissingReport {
  const ids = idsOf(subject);
  if (!ids.every((id) => runIdPattern.test(id))) return { runs: [], why: 'no name' };
  const known = new Set(runs.map(({ id }) => id));
  return { runs: ids, why: ids.every((id) => known.has(id)) ? 'not written' : 'no run' };
}

/** What is no page of ours is answered like one that is not there. */
function missingOnly(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR' && !isUnusable(error)) throw error;
  return undefined;
}

function indexedRun(run: ListedRun, history: VerdictHistory, trend: TrendPoint | undefined): IndexedRun {
  const { id, arm, status, calls, finished_at: finished } = run;
  return { id, arm, status, calls, finished, trend, judged: history.about(id) };
}
