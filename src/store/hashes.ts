import path from 'node:path';
import { fileHash } from '../base/files.ts';
import type { RunRecord } from '../scoring/record.ts';
import { evidenceError } from './corrupt-error.ts';
import { readRecord } from './documents/run.ts';
import { recordedFiles, type RunFolder } from './run-folder.ts';

/** The record of a run that can be judged. Throws a `UserError` (exit 4) for one that has not ended or was not scored. */
export async function completeRecord(folder: RunFolder): Promise<RunRecord> {
  const record = await readRecord(folder);
  if (record === undefined)
    throw evidenceError(
      `run ${folder.id} has not ended: it has no run.json`,
      `resume it: flipgate run --resume ${folder.id}`,
    );
  if (record.status !== 'complete')
    throw evidenceError(
      `run ${record.id} is ${record.status}, not complete`,
      `resume it: flipgate run --resume ${record.id}`,
    );
  if (record.embedder === undefined || record.files['scores.jsonl'] === undefined)
    throw evidenceError(`run ${record.id} is not scored`, `flipgate runs score ${record.id}`);
  if (record.integrity === undefined || record.subject === undefined)
    throw evidenceError(
      `run ${record.id} was recorded by an older flipgate: its record does not say what it is about`,
      `flipgate runs score ${record.id} writes it anew`,
    );
  return record;
}

/** Checks the hashes that the record has of its files. Throws a `UserError` (exit 4). */
export async function checkFiles(
  folder: RunFolder,
  record: RunRecord,
  names?: readonly string[],
): Promise<void> {
  const files = Object.entries(recordedFiles(folder)).filter(([name]) => names?.includes(name) !== false);
  const hashed = await Promise.all(
    files.map(async ([name, file]) => [name, file, await fileHash(file)] as const),
  );
  for (const [name, file, found] of hashed) {
    if (found !== undefined && found === record.files[name]) continue;
    const what = found === undefined ? 'is missing' : 'is not what the record was written with';
    throw evidenceError(
      `"${file}" ${what} (SHA-256 ${found ?? 'none'}, the record has ${record.files[name] ?? 'none'})`,
      name === 'scores.jsonl'
        ? 'score it again: --recompute'
        : 'it was cut or edited: restore it, or ask again',
    );
  }
}

/** The summary is what people and exporters read: it has to be of these calls. */
export function checkSummary(folder: RunFolder, record: RunRecord, faulted: Uint8Array): void {
  const found = faulted.reduce((sum, flag) => sum + flag, 0) / faulted.length;
  if (record.summary.error_rate !== undefined && Math.abs(record.summary.error_rate - found) < 1e-9) return;
  throw evidenceError(
    `"${folder.record}" has the error rate ${record.summary.error_rate ?? 'none'}, its calls have ${found}`,
    `it was edited: flipgate runs score ${path.basename(folder.path)} writes it anew`,
  );
}

/** The age of evidence counts from its last answer: a later time in the record makes it no fresher. */
export function checkTime(folder: RunFolder, record: RunRecord, lastAnswer: number): void {
  if (!(Date.parse(record.finished_at) > lastAnswer)) return;
  throw evidenceError(
    `"${folder.record}" says that the run finished at ${record.finished_at}, its last answer came at ${new Date(lastAnswer).toISOString()}`,
    `it was edited: flipgate runs score ${path.basename(folder.path)} writes it anew`,
  );
}
