import { messageOf } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { LogEntry } from '../../exporter/http/app.ts';
import { renewReports } from '../renew-reports.ts';
import type { InForce } from './in-force.ts';

/** Writes the pages anew that tell the newest verdicts: what was rolled back is barred, and a page in the store goes on saying what it said. */
export async function renewPages(
  { config, gold, source }: Pick<InForce, 'config' | 'gold' | 'source'>,
  world: World,
  log: (entry: LogEntry) => void,
): Promise<void> {
  try {
    const told = source.snapshot().verdicts.filter(({ gate }) => gate !== 'watch');
    for (const { runs } of told) await renewReports(runs, { config, world, gold: gold.current() });
  } catch (error) {
    log({ level: 'error', message: `reports could not be written anew: ${messageOf(error)}` });
  }
}
