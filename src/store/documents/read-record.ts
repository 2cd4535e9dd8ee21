import { readFile } from 'node:fs/promises';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { integrityProblem } from '../../base/integrity.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { readPlan, runIds } from './plan-file.ts';
import { recordSchema } from './record-schema.ts';
import { runFolder, type RunFolder } from '../run-folder.ts';

/** A run's record; `undefined` while the run has not ended. Throws a `UserError` (exit 4) for a file that is damaged or of a newer version. */
export async function readRecord(folder: RunFolder): Promise<RunRecord | undefined> {
  const text = await readFile(folder.record, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`"${folder.record}" cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
    });
  });
  if (text === undefined) return undefined;
  const value = jsonOrUndefined(text);
  if (isRecord(value, folder.id) && recordSchema.safeParse(value).success) return unedited(value, folder);
  throw new UserError(`"${folder.record}" is no record that this version can read`, {
    hint: 'it is damaged or from a newer flipgate; flipgate runs score writes it anew from the calls',
    exitCode: exitCodes.error,
  });
}

/** A record without a hash is of flipgate 0.1.0: it can be read, and not be judged. */
function unedited(record: RunRecord, folder: RunFolder): RunRecord {
  const problem = record.integrity === undefined ? undefined : integrityProblem(record);
  if (problem === undefined) return record;
  throw new UserError(`"${folder.record}" ${problem}`, {
    hint: `it was edited or damaged: flipgate runs score ${folder.id} writes it anew from the calls`,
    exitCode: exitCodes.error,
  });
}

/** The newest ended run of an arm, if any can be read. */
export async function newestRecord(store: string, arm: string): Promise<RunRecord | undefined> {
  for (const id of await runIds(store)) {
    const folder = runFolder(store, id);
    if (!id.includes(`-${arm}-`) || (await readPlan(folder).catch(() => undefined))?.arm !== arm) continue;
    const record = await readRecord(folder).catch(() => undefined);
    if (record !== undefined) return record;
  }
  return undefined;
}

export function isRecord(value: unknown, id: string): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Partial<Record<keyof RunRecord, unknown>>; // every use below checks
  return (
    candidate.schema === 'flipgate.run/1' &&
    candidate.id === id &&
    typeof candidate.summary === 'object' &&
    candidate.summary !== null
  );
}
