import type { Overrides } from '../../config/overrides.ts';

export interface WfgyEvalFlags extends Pick<
  Overrides,
  'config' | 'store' | 'gold' | 'paraphrases' | 'seeds' | 'concurrency'
> {
  readonly index: string;
  readonly minCov: string;
  readonly maxDs: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
