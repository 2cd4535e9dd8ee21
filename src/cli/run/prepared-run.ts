import type { Evaluation } from '../../app/evaluate.ts';
import type { RunFlags } from './flags.ts';

/** All that is settled before the first call of `flipgate run`. */
export interface PreparedRun extends Omit<Evaluation, 'scores'> {
  readonly flags: Pick<RunFlags, 'json' | 'quiet' | 'scores'>;
}
