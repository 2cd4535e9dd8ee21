import type { Overrides } from '../../config/overrides.ts';

export interface CompareFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly resamples?: string;
  readonly json?: boolean;
}
