/** For so long an alert, or a rollback that was begun, is a reason to move traffic. */
const longestMilliseconds = 600_000;

export interface Moment {
  /** All in milliseconds since 1970. */
  readonly now: number;
  /** When traffic was moved forward last, where somebody knows. */
  readonly movedForwardAt?: number | undefined;
}

/** Why something of that time is no reason to move traffic now; `undefined` where it is one. */
export function staleReason(time: number, { now, movedForwardAt }: Moment): string | undefined {
  const when = Number.isFinite(time) ? new Date(time).toISOString() : 'an unknown time';
  if (!(Math.abs(now - time) <= longestMilliseconds))
    return time > now
      ? `it is of ${when}, which is yet to come: a clock is wrong`
      : `it is of ${when}, more than ${longestMilliseconds / 60_000} minutes ago`;
  if (movedForwardAt !== undefined && time < movedForwardAt)
    return `it is of ${when}, before traffic was moved forward at ${new Date(movedForwardAt).toISOString()}`;
  return undefined;
}
