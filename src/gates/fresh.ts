import type { Verdict } from './verdict.ts';

/** A verdict as it may be read at a time: past its expiry, or from the future, it is an `error`, whatever it was. */
export function asRead(verdict: Verdict, now: number, maxAgeSeconds = Number.POSITIVE_INFINITY): Verdict {
  const reason = reasonAgainst(verdict, now, maxAgeSeconds);
  if (reason === undefined) return verdict;
  return { ...verdict, verdict: 'error', reason, problems: [...(verdict.problems ?? []), { code: 'expired', verdict: 'error', reason }] };
}

function reasonAgainst(
  { verdict, evidence_at, evaluated_at, expires_at }: Verdict,
  now: number,
  maxAgeSeconds: number,
): string | undefined {
  // An error without evidence says so itself.
  if (verdict === 'error' && evidence_at === undefined) return undefined;
  const [evidence, evaluated, expires] = [evidence_at, evaluated_at, expires_at].map((time) => Date.parse(time ?? ''));
  if (evidence === undefined || evaluated === undefined || expires === undefined || ![evidence, evaluated, expires].every(Number.isFinite))
    return 'the verdict does not say when it was made and until when it holds';
  if (evidence > now || evaluated > now) return `the verdict is from the future (${evaluated_at}): a clock is wrong`;
  const ends = Math.min(expires, evidence + 1000 * maxAgeSeconds);
  return now > ends ? `the verdict expired at ${new Date(ends).toISOString()}: run and judge again` : undefined;
}
