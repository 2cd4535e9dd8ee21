/** A rollback, as far as gates go by it. */
export interface RolledBack {
  /** The arm that traffic was taken from. */
  readonly arm: string;
  /** SHA-256 of what that arm was at that time; absent where nobody knew: then it is whatever the arm is. */
  readonly artifact?: string | undefined;
  /** When it ended, else when it began; RFC 3339. */
  readonly at: string;
}

/** What a gate says something of. */
export interface BarredSubject {
  readonly gate: string;
  readonly arm: string;
  readonly artifact?: string | undefined;
  /** When the run that it rests on was started. A run of which that is not known counts as one of before. */
  readonly startedAt?: string | undefined;
}

/**
 * Why a gate may not let through what was rolled back: until it is judged on a run that was started after its newest rollback. The watch gate
 * is not asked before a flip, and goes on.
 */
export function barredReason(
  { gate, arm, artifact, startedAt }: BarredSubject,
  rollbacks: readonly RolledBack[],
): string | undefined {
  if (gate === 'watch') return undefined;
  const newest = rollbacks
    .filter((one) => (one.artifact === undefined ? one.arm === arm : one.artifact === artifact))
    .map(({ at }) => at)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
  if (newest === undefined || Date.parse(startedAt ?? '') > Date.parse(newest)) return undefined;
  const what = artifact === undefined ? `arm "${arm}"` : `artifact ${artifact.slice(0, 12)} of arm "${arm}"`;
  return `${what} was rolled back at ${newest}: it is barred until it is judged on a run that was started after that`;
}
