import { startOf } from '../../plan/run-id.ts';
import type { Verdict } from '../verdict.ts';
import type { NewestRun, SeenBefore, ValidityContext, ValidityProblem } from './context.ts';

/** Whether a verdict was signed by whom the reader trusts, and nothing later was seen before. An error is no better for a signature. */
export function signedProblem(
  verdict: Verdict,
  { trust, seen, newest }: ValidityContext,
): ValidityProblem | undefined {
  if (trust === undefined || verdict.verdict === 'error') return undefined;
  const problem = trust.problem(verdict);
  if (problem !== undefined) return { code: 'unsigned', reason: `the verdict ${problem}: judge again` };
  // What nobody signed says nothing by its number.
  if (seen === undefined || !trust.isSigned(verdict)) return undefined;
  const reason = restoredReason(verdict, seen, newest);
  return reason === undefined ? undefined : { code: 'restored', reason };
}

function restoredReason(
  { sequence = 0 }: Verdict,
  seen: SeenBefore,
  newest: NewestRun | undefined,
): string | undefined {
  if (sequence < seen.verdict)
    return `it is number ${sequence}, and number ${seen.verdict} of this gate was seen here: it was replaced, or the store was put back to what it was; judge again`;
  return newest === undefined ? undefined : olderRunReason(newest.id, seen.run);
}

/** Why the newest run of an arm is not the newest: `seen` is when a later one was started, in milliseconds since 1970. */
export function olderRunReason(newest: string, seen: number): string | undefined {
  if (!(startOf(newest) < seen)) return undefined;
  const time = new Date(seen).toISOString();
  return `a run of ${time} was judged here, and the newest in the store, ${newest}, is older: the store was put back to what it was; run and judge again`;
}
