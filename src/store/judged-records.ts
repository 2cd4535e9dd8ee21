import { stat } from 'node:fs/promises';
import { integritySha256 } from '../base/integrity/sealed.ts';
import type { JudgedFile, JudgedRecord } from '../gates/verdict.ts';
import type { RunRecord } from '../scoring/record.ts';
import { recordedFiles, type RunFolder } from './run-folder.ts';

/** How the files of a run stand before they are read: whoever changes one meanwhile changes its size or its time. */
export async function fileStates(
  folder: RunFolder,
): Promise<ReadonlyMap<string, Omit<JudgedFile, 'sha256'>>> {
  const found = await Promise.all(
    Object.entries(recordedFiles(folder)).map(async ([name, file]) => {
      const { size, mtimeMs } = await stat(file).catch(() => ({ size: -1, mtimeMs: 0 }));
      return [name, { bytes: size, modified: mtimeMs }] as const;
    }),
  );
  return new Map(found);
}

/** A run's documents as a verdict keeps them. */
export function judgedRecord(
  record: RunRecord,
  states: Awaited<ReturnType<typeof fileStates>>,
): JudgedRecord {
  const files = [...states].map(
    ([name, state]) => [name, { sha256: record.files[name] ?? '', ...state }] as const,
  );
  return { sha256: integritySha256(record), files: Object.fromEntries(files) };
}
