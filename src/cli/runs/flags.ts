import type { Overrides } from '../../config/overrides.ts';

export interface RunsFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly json?: boolean;
}

export interface PruneFlags extends RunsFlags {
  readonly keep: number;
}
