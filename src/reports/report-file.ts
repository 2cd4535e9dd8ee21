import path from 'node:path';
import { comparisonFile } from '../store/documents/comparison.ts';
import type { RunFolder } from '../store/run-folder.ts';

export interface KeptReport {
  readonly candidate: RunFolder;
  /** Absent for the report of one run. */
  readonly baseline?: RunFolder | undefined;
  /** A page without texts is another one: what is written later with texts does not replace it. */
  readonly withTexts?: boolean;
}

/** Where the report of a run, or of two that are compared, is kept. */
export function reportFile({ candidate, baseline, withTexts = true }: KeptReport): string {
  const store = path.dirname(candidate.path);
  const folder =
    baseline === undefined ? candidate.path : path.dirname(comparisonFile(store, baseline.id, candidate.id));
  return path.join(folder, withTexts ? 'report.html' : 'report-without-texts.html');
}
