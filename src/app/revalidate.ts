import { existsSync } from 'node:fs';
import { UserError } from '../base/errors.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { checkFiles } from '../store/hashes.ts';
import { readRecord } from '../store/documents/read-record.ts';
import { runFolder } from '../store/run-folder.ts';
import { newestEnded, supersededBy } from '../store/superseded.ts';
import { openRollbackLog, rolledBackIn } from '../store/documents/rollback-log.ts';
import { worstFirst } from '../store/documents/read-verdicts.ts';
import { revalidate, type JudgedRun } from '../gates/verdict-validity.ts';
import type { Verdict } from '../gates/verdict.ts';
import { expectationsOf } from './configured-gates.ts';

export interface VerdictSetting {
  readonly config: Config;
  readonly world: Pick<World, 'clock'>;
  /** SHA-256 of the gold set that is configured, where it is known. */
  readonly configuredGold?: string | undefined;
}

/**
 * Verdicts as they may be read now, the worst first: held against the clock, the configuration, the arm's newest run, and the files of the
 * runs that they rest on.
 */
export async function readNow(
  verdicts: readonly Verdict[],
  { config, world, configuredGold }: VerdictSetting,
): Promise<readonly Verdict[]> {
  const expectations = expectationsOf(config);
  const now = world.clock.now();
  const rollbacks = rolledBackIn(openRollbackLog(config.store, () => world.clock.now()).events());
  const lookUp = createLookUp(config.store);
  const read = async (verdict: Verdict): Promise<Verdict> => {
    const { gate, arm, runs } = verdict;
    const [candidate, baseline] = [await lookUp(runs.candidate), await lookUp(runs.baseline)];
    return revalidate(verdict, {
      now,
      ...expectations.get(gate),
      gold: expectations.has(gate) ? configuredGold : undefined,
      superseded: supersededBy(await newestEnded(config.store, arm), runs.candidate),
      runs: { candidate: candidate.record, baseline: baseline.record },
      damaged: candidate.damaged ?? baseline.damaged,
      rollbacks,
    });
  };
  return worstFirst(await Promise.all(verdicts.map(read)));
}

/** What a run is now. */
interface Found {
  readonly record?: JudgedRun | undefined;
  /** Why nothing may be read of it. */
  readonly damaged?: string | undefined;
}

/** Looks runs up, each once. One that was pruned is not there: then its verdict is all that is known. */
function createLookUp(store: string): (id: string | undefined) => Promise<Found> {
  const known = new Map<string, Promise<Found>>();
  return (id) => {
    if (id === undefined) return Promise.resolve({});
    const found = known.get(id) ?? find(store, id);
    known.set(id, found);
    return found;
  };
}

async function find(store: string, id: string): Promise<Found> {
  const folder = runFolder(store, id);
  try {
    const record = await readRecord(folder);
    if (record === undefined)
      return existsSync(folder.path) ? { damaged: `run ${id} has not ended: judge again when it has` } : {};
    await checkFiles(folder, record);
    return { record };
  } catch (error) {
    if (error instanceof UserError) return { damaged: error.message };
    throw error;
  }
}
