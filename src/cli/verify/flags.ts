import type { Overrides } from '../../config/overrides.ts';

export interface VerifyFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly json?: boolean;
}
