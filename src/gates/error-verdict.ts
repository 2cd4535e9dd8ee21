import type { UserError } from '../base/errors.ts';
import type { Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';

/** The verdict where nothing could be judged: an `error` with the reason, so that no older verdict is read in its place. */
export function errorVerdict(
  error: UserError,
  about: {
    readonly policy: Policy;
    readonly arm: string;
    readonly baseline: string | undefined;
    /** Those that were meant, as far as they were found. */
    readonly runs: Verdict['runs'];
    readonly now: number;
  },
): Verdict {
  const reason = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  return {
    schema: 'flipgate.verdict/1',
    gate: about.policy.gate,
    verdict: 'error',
    arm: about.arm,
    ...(about.baseline === undefined ? {} : { baseline: about.baseline }),
    evaluated_at: new Date(about.now).toISOString(),
    policy: about.policy.sha256,
    runs: about.runs,
    reason,
    problems: [{ code: 'no_evidence', verdict: 'error', reason }],
    rules: [],
  };
}

/** The verdict where a reader has none that it could trust. `evaluatedAt`: empty where nothing was ever judged. */
export function unreadVerdict(
  { gate, arm }: Pick<Verdict, 'gate' | 'arm'>,
  reason: string,
  evaluatedAt: string,
): Verdict {
  return {
    schema: 'flipgate.verdict/1',
    gate,
    verdict: 'error',
    arm,
    evaluated_at: evaluatedAt,
    runs: {},
    reason,
    rules: [],
  };
}
