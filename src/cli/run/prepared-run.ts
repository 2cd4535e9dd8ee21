import type { Redact } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { GoldSet } from '../../plan/gold-set.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlanFile } from '../../store/documents/plan.ts';
import type { RunFlags } from './flags.ts';

/** All that is settled before the first call of `flipgate run`. */
export interface PreparedRun {
  readonly flags: Pick<RunFlags, 'json' | 'quiet' | 'scores'>;
  readonly world: World;
  readonly config: Config;
  readonly gold: GoldSet;
  readonly plan: Plan;
  readonly names: readonly string[];
  /** The plans of the runs to go on with; absent for a new session. */
  readonly stored?: readonly PlanFile[] | undefined;
  readonly redact: Redact;
}
