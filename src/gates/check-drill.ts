import type { Drill, JudgeContext } from './context.ts';
import type { CheckRule } from './rules.ts';
import type { RuleVerdict } from './verdict.ts';

type Outcome = Pick<RuleVerdict, 'verdict' | 'reason' | 'value'>;

/** A rollback that worked, fast enough and not long ago. */
export function judgeDrill(
  rule: CheckRule & { readonly pointer?: string },
  { drills, now }: JudgeContext,
): Outcome {
  const own = drills.filter(({ pointer }) => rule.pointer === undefined || pointer === rule.pointer);
  const [newest] = [...own].sort((a, b) => Date.parse(b.finished_at) - Date.parse(a.finished_at));
  if (newest === undefined) {
    const of = rule.pointer === undefined ? '' : ` of pointer ${rule.pointer}`;
    return {
      verdict: 'inconclusive',
      reason: `no rollback drill${of} is recorded: make one and record it with flipgate drill record, or waive the rule with a reason`,
    };
  }
  return judgeNewest(newest, rule, now);
}

function judgeNewest(
  { pointer, finished_at, ttr_seconds: value, verified }: Drill,
  rule: CheckRule,
  now: number,
): Outcome {
  const { limit = 0, maxAgeSeconds = 0 } = rule;
  const ageSeconds = (now - Date.parse(finished_at)) / 1000;
  if (!Number.isFinite(ageSeconds) || ageSeconds < 0)
    return { verdict: 'error', value, reason: `the drill of ${pointer} is from the future (${finished_at})` };
  if (!verified)
    return {
      verdict: 'fail',
      value,
      reason: `the drill of ${pointer} was not verified: no probe saw Blue again`,
    };
  const took = `the rollback of ${pointer} took ${value} s`;
  if (!(value <= limit)) return { verdict: 'fail', value, reason: `${took}, more than ${limit} s` };
  const age = `${(ageSeconds / 3600).toFixed(1)} h ago`;
  if (ageSeconds > maxAgeSeconds)
    return {
      verdict: 'fail',
      value,
      reason: `the drill of ${pointer} was ${age}, more than ${maxAgeSeconds / 3600} h: repeat it`,
    };
  return { verdict: 'pass', value, reason: `${took}, ${age}` };
}
