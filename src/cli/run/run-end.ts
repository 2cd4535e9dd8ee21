import type { World } from '../../base/world.ts';
import type { GoldSet } from '../../plan/gold-set.ts';

/** What it takes to print the end of a run. */
export interface RunEnd {
  readonly world: World;
  readonly config: { readonly store: string };
  readonly gold: GoldSet;
  readonly flags: { readonly json?: boolean };
}

/** The report of what was judged, where it could be written. */
export interface Reported {
  readonly report?: string | undefined;
}
