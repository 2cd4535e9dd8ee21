import path from 'node:path';
import type { Trust } from '../base/integrity/trust.ts';
import { readRecord } from '../store/documents/run.ts';
import { readComparison } from '../store/documents/comparison.ts';
import type { RunFolder } from '../store/run-folder.ts';
import type { Comparison, Header } from '../statistics/comparison.ts';

/** The stored comparison of two runs as they are now; `undefined` where there is none, or where a run has changed since or no trusted key has signed it. */
export async function storedComparison(
  folders: Readonly<Record<'baseline' | 'candidate', RunFolder>>,
  trust: Trust,
): Promise<Comparison | undefined> {
  const { baseline, candidate } = folders;
  const found = await readComparison(path.dirname(candidate.path), {
    baseline: baseline.id,
    candidate: candidate.id,
  });
  if (found === undefined || trust.problem(found) !== undefined) return undefined;
  const isCurrent = (await isOf(found.candidate, candidate)) && (await isOf(found.baseline, baseline));
  return isCurrent ? found : undefined;
}

async function isOf({ finished_at, files }: Header, folder: RunFolder): Promise<boolean> {
  const record = await readRecord(folder);
  return record?.finished_at === finished_at && record.files['scores.jsonl'] === files['scores.jsonl'];
}
