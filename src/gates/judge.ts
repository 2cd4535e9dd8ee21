import { messageOf } from '../base/errors.ts';
import { bootstrap, defaultResamples } from '../statistics/bootstrap.ts';
import { withMatchingSections } from '../statistics/matching-sections.ts';
import { judgeDistinctArms, judgeInvariants } from './check-arms.ts';
import { judgeDrill } from './check-drill.ts';
import type { JudgeContext } from './context.ts';
import { prepareStatistic } from './judge-statistic.ts';
import type { PreparedRule } from './judging.ts';
import type { Policy, PolicyRule } from './policy.ts';
import { problemsOf } from './problems.ts';
import { windowProblems } from './watch/window-problems.ts';
import { prepareWouldBeStopped } from './watch/would-be-stopped.ts';
import { foldWindows } from './watch/windows.ts';
import type { RuleVerdict, Verdict } from './verdict.ts';
import { verdictOf } from './verdict-of.ts';

/**
 * Judges a gate on evidence. Never throws: a judge that breaks is an `error`, and nothing but evidence passes. `earlier`: the windows before,
 * oldest first, for rules with hysteresis.
 */
export function judge(policy: Policy, context: JudgeContext, earlier: readonly JudgeContext[] = []): Verdict {
  const contexts = [...earlier, context].map(withMatchingSections);
  const rules = rulesOver(policy, contexts);
  const problems = [...problemsOf(policy, context), ...windowProblems(context, earlier)];
  return verdictOf(policy, context, { rules, problems, windows: earlier });
}

/** The rules' verdicts over windows; where they break as a whole, every rule that is not waived is an error. */
function rulesOver(policy: Policy, contexts: readonly JudgeContext[]): readonly RuleVerdict[] {
  try {
    const windows = contexts.map((window) => judgeRules(policy, window));
    return foldWindows(policy, windows, contexts);
  } catch (error) {
    return policy.rules.map(({ name, waived }) =>
      waived === undefined
        ? { rule: name, verdict: 'error', reason: `${name} could not be judged: ${messageOf(error)}` }
        : { rule: name, verdict: 'waived', reason: `waived: ${waived}` },
    );
  }
}

function judgeRules(policy: Policy, context: JudgeContext): readonly RuleVerdict[] {
  const prepared = policy.rules.map((rule) => prepare(rule, context));
  const { resamples = defaultResamples } = context;
  const sizes = { questions: context.candidate.shape.questions.length, resamples };
  const results = bootstrap(
    prepared.flatMap(({ estimators }) => estimators),
    sizes,
  );
  let first = 0;
  return prepared.map(({ estimators, judge: judgeOne }, index) => {
    const sorted = results.slice(first, first + estimators.length);
    first += estimators.length;
    const rule = policy.rules[index];
    const verdict = guarded(rule?.name ?? '', () => judgeOne(sorted));
    return rule?.severity === 'warn' ? { ...verdict, severity: 'warn' as const } : verdict;
  });
}

function prepare(rule: PolicyRule, context: JudgeContext): PreparedRule {
  const { name } = rule;
  const told = (
    outcome: Pick<RuleVerdict, 'verdict' | 'reason' | 'value'>,
    more: Partial<RuleVerdict> = {},
  ): PreparedRule => ({
    estimators: [],
    judge: () => ({ rule: name, ...more, ...outcome }),
  });
  if (rule.waived !== undefined) return told({ verdict: 'waived', reason: `waived: ${rule.waived}` });
  try {
    switch (rule.kind) {
      case 'statistic':
        return prepareStatistic(rule, context);
      case 'would_be_stopped':
        return prepareWouldBeStopped(rule, context);
      case 'distinct_arms':
        return told(judgeDistinctArms(context));
      case 'invariants':
        return told(judgeInvariants(context));
      case 'blind':
        // What it rests on are the other rules' verdicts: see windows.ts.
        return told({ verdict: 'inconclusive', reason: 'no window was judged' });
      case 'rollback_drill':
        return told(judgeDrill(rule, context), {
          unit: 'seconds',
          direction: 'at_most',
          ...(rule.limit === undefined ? {} : { limit: rule.limit }),
        });
    }
  } catch (error) {
    return told({ verdict: 'error', reason: `${name} could not be judged: ${messageOf(error)}` });
  }
}

function guarded(rule: string, judgeOne: () => RuleVerdict): RuleVerdict {
  try {
    return judgeOne();
  } catch (error) {
    return { rule, verdict: 'error', reason: `${rule} could not be judged: ${messageOf(error)}` };
  }
}
