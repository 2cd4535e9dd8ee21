import type { Overrides } from '../../config/overrides.ts';

export interface CheckFlags extends Overrides {
  readonly arm?: readonly string[];
  readonly json?: boolean;
}
