import type { DrillCheck } from '../../store/documents/drill.ts';
import { drillMark } from './marks.ts';
import type { Signing } from './signing.ts';

/** Whether a drill counts: signed by whom the reader trusts, and none before one that was seen. */
export function drillCheck({ trust, seen }: Pick<Signing, 'trust' | 'seen'>): DrillCheck {
  return (drill) => {
    const problem = trust.problem(drill);
    if (problem !== undefined || !trust.isSigned(drill)) return problem;
    const { pointer, sequence = 0 } = drill;
    const before = seen.highest(drillMark(pointer));
    if (sequence < before)
      return `is older than one that was seen here (number ${before}, this is ${sequence})`;
    seen.note(drillMark(pointer), sequence);
    return undefined;
  };
}
