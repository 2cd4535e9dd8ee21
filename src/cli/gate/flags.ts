import type { Overrides } from '../../config/overrides.ts';

export interface GateFlags extends Pick<Overrides, 'config' | 'store' | 'gold'> {
  readonly baseline?: string;
  readonly candidate?: string;
  readonly window?: readonly string[];
  readonly artifact?: string;
  readonly maxAge?: string;
  readonly plan?: boolean;
  readonly recompute?: boolean;
  readonly json?: boolean;
  readonly attest?: boolean;
}
