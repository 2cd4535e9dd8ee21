import type { Overrides } from '../../config/overrides.ts';

/** The flags of `flipgate run` besides the settings. */
export interface RunFlags extends Overrides {
  readonly arm?: readonly string[];
  readonly dryRun?: boolean;
  readonly resume?: string | true;
  readonly gate?: string;
  readonly scores: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
