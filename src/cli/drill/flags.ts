import type { Overrides } from '../../config/overrides.ts';

export interface DrillFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly pointer: string;
  readonly ttr: string;
  readonly verified?: boolean;
  readonly finishedAt?: string;
  readonly note?: string;
  readonly json?: boolean;
}
