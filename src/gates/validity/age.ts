import { startOf } from '../../plan/run-id.ts';
import type { Verdict } from '../verdict.ts';
import type { ValidityContext, ValidityProblem } from './context.ts';

/** Clocks of machines that share a store may differ by so much. */
export const clockSkewMilliseconds = 30_000;

/** Whether a verdict has expired, or the clock that would say so cannot be trusted. */
export function ageProblem(
  { verdict, evidence_at, evaluated_at, expires_at }: Verdict,
  { now, maxAgeSeconds = Number.POSITIVE_INFINITY, ...context }: ValidityContext,
): ValidityProblem | undefined {
  // An error without evidence says so itself.
  if (verdict === 'error' && evidence_at === undefined) return undefined;
  const expired = (reason: string): ValidityProblem => ({ code: 'expired', reason });
  const times = [evidence_at, evaluated_at, expires_at].map((time) => Date.parse(time ?? ''));
  const [evidence = Number.NaN, evaluated = Number.NaN, expires = Number.NaN] = times;
  if (!times.every(Number.isFinite))
    return expired('the verdict does not say when it was made and until when it holds');
  if (evidence > now || evaluated > now)
    return expired(`the verdict is from the future (${evaluated_at}): a clock is wrong`);
  const latest = latestTime(context);
  if (now < latest - clockSkewMilliseconds)
    return expired(`it was ${new Date(latest).toISOString()} before: a clock was set back`);
  const ends = Math.min(expires, evidence + 1000 * maxAgeSeconds);
  return now > ends
    ? expired(`the verdict expired at ${new Date(ends).toISOString()}: run and judge again`)
    : undefined;
}

/** The latest time that was seen, or at which the arm's newest run was started. */
function latestTime({
  latest = Number.NEGATIVE_INFINITY,
  newest,
}: Pick<ValidityContext, 'latest' | 'newest'>): number {
  const started = newest === undefined ? Number.NaN : startOf(newest.id);
  return Number.isFinite(started) ? Math.max(latest, started) : latest;
}
