import { UserError } from '../base/errors.ts';
import type { RunRecord } from '../scoring/record.ts';
import { runIds } from './documents/plan-file.ts';
import { readRecord } from './documents/read-record.ts';
import { armOfRun, runFolder, secondOf } from './run-folder.ts';

/** The newest run of an arm that has ended, however it did. */
export interface NewestEnded {
  readonly id: string;
  readonly status: RunRecord['status'] | 'damaged';
}

/** Why a verdict cannot stand for its arm any more: an arm's name stands for its newest run, and one that ended otherwise than complete leaves nothing to go by. */
export function supersededBy(
  newest: NewestEnded | undefined,
  judged: string | undefined,
): string | undefined {
  if (newest === undefined || newest.status === 'complete') return undefined;
  if (newest.id === judged) return `the run that the verdict rests on, ${newest.id}, is ${newest.status}`;
  // Ids of one second do not tell which run is newer: the newest in the store is.
  const isOlder = judged !== undefined && secondOf(newest.id) < secondOf(judged);
  return isOlder ? undefined : `a newer run, ${newest.id}, is ${newest.status}: run and judge again`;
}

/** Looks an arm's newest ended run up; runs that go on are passed over. */
export async function newestEnded(store: string, arm: string): Promise<NewestEnded | undefined> {
  for (const id of (await runIds(store)).filter((one) => armOfRun(one) === arm)) {
    const status = await readRecord(runFolder(store, id)).then(
      (record) => record?.status,
      (error: unknown) => {
        if (error instanceof UserError) return 'damaged' as const;
        throw error;
      },
    );
    if (status !== undefined) return { id, status };
  }
  return undefined;
}
