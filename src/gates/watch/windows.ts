import type { JudgeContext } from '../context.ts';
import type { Policy, PolicyRule } from '../policy.ts';
import type { Hysteresis } from '../rules.ts';
import type { RuleVerdict } from '../verdict.ts';

type Windows = readonly (readonly RuleVerdict[])[];

/**
 * The rules' verdicts over windows, oldest first: of a rule with hysteresis only enough breaches among the last windows make a fail; fewer are
 * inconclusive. A window that is inconclusive or an error is no fresh evidence: it breaks no streak and counts towards `blind`.
 */
export function foldWindows(
  policy: Policy,
  windows: Windows,
  contexts: readonly JudgeContext[],
): readonly RuleVerdict[] {
  return policy.rules.map((rule, index) => {
    const verdicts = windows.flatMap((window) => window[index] ?? []);
    const last = verdicts.at(-1) ?? {
      rule: rule.name,
      verdict: 'error' as const,
      reason: 'no window was judged',
    };
    if (last.verdict === 'waived') return last;
    if (rule.kind === 'blind') return warned(rule, judgeBlind(rule.limit ?? 0, windows, contexts));
    return rule.kind === 'statistic' && rule.hysteresis !== undefined
      ? folded(last, verdicts, rule.hysteresis)
      : last;
  });
}

function folded(
  last: RuleVerdict,
  verdicts: readonly RuleVerdict[],
  { breaches, of, atOnceFrom }: Hysteresis,
): RuleVerdict {
  const evidence = verdicts.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').slice(-of);
  const breached = evidence.filter(({ verdict }) => verdict === 'fail');
  const found = breached.length;
  const atOnce = last.verdict === 'fail' && atOnceFrom !== undefined && (last.n_calls ?? 0) >= atOnceFrom;
  if (found >= breaches || atOnce)
    return {
      ...(breached.at(-1) ?? last),
      verdict: 'fail',
      reason: `${(breached.at(-1) ?? last).reason}; beyond the limit in ${found} of the last ${of} windows`,
    };
  if (last.verdict !== 'fail') return last;
  return {
    ...last,
    verdict: 'inconclusive',
    reason: `${last.reason}; in ${found} of the last ${of} windows, ${breaches} stop`,
  };
}

function warned(rule: PolicyRule, verdict: RuleVerdict): RuleVerdict {
  return rule.severity === 'warn' ? { ...verdict, severity: 'warn' } : verdict;
}

/** Without fresh evidence nobody watches: that stops as surely as a breach. */
function judgeBlind(limit: number, windows: Windows, contexts: readonly JudgeContext[]): RuleVerdict {
  const now = contexts.at(-1)?.now ?? Number.NaN;
  const fresh = contexts.flatMap(({ candidate }, index) =>
    isEvidence(windows[index] ?? []) ? [Date.parse(candidate.record.finished_at)] : [],
  );
  const base = { rule: 'blind', limit, direction: 'at_most', unit: 'seconds' } as const;
  const ageSeconds = fresh.length === 0 ? Number.POSITIVE_INFINITY : (now - Math.max(...fresh)) / 1000;
  if (Number.isNaN(ageSeconds) || ageSeconds < 0)
    return { ...base, verdict: 'error', reason: 'the newest window has no time, or one in the future' };
  if (ageSeconds === Number.POSITIVE_INFINITY)
    return { ...base, verdict: 'fail', reason: 'blind: no window gave evidence' };
  const reason = `the newest window that gave evidence is ${Math.round(ageSeconds)} s old`;
  const isBlind = ageSeconds > limit;
  return {
    ...base,
    value: ageSeconds,
    verdict: isBlind ? 'fail' : 'pass',
    reason: isBlind ? `blind: ${reason}, more than ${limit} s` : reason,
  };
}

/** Whether every deciding rule of a window could be decided. */
function isEvidence(window: readonly RuleVerdict[]): boolean {
  const decided = window.filter(
    ({ rule, verdict, severity }) => rule !== 'blind' && verdict !== 'waived' && severity !== 'warn',
  );
  return decided.length > 0 && decided.every(({ verdict }) => verdict === 'pass' || verdict === 'fail');
}
