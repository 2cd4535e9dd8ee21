import { messageOf } from '../base/errors.ts';
import { bootstrap, defaultResamples } from '../statistics/bootstrap.ts';
import { withMatchingSections } from '../statistics/matching-sections.ts';
import { judgeDistinctArms, judgeInvariants } from './check-arms.ts';
import { judgeDrill } from './check-drill.ts';
import type { JudgeContext } from './context.ts';
import { prepareStatistic, type PreparedRule } from './judge-statistic.ts';
import type { Policy, PolicyRule } from './policy.ts';
import { problemsOf } from './problems.ts';
import { prepareWouldBeStopped } from './watch/would-be-stopped.ts';
import { foldWindows } from './watch/windows.ts';
import { worse, type Problem, type RuleVerdict, type Verdict, type VerdictName } from './verdict.ts';

/**
 * Judges a gate on evidence. Never throws: a judge that breaks is an `error`, and nothing but evidence passes. `earlier`: the windows before,
 * oldest first, for rules with hysteresis.
 */
export function judge(policy: Policy, context: JudgeContext, earlier: readonly JudgeContext[] = []): Verdict {
  const contexts = [...earlier, context].map(withMatchingSections);
  const windows = contexts.map((window) => judgeRules(policy, window));
  const rules = foldWindows(policy, windows, contexts);
  const problems = problemsOf(policy, context);
  return verdictOf(policy, context, { rules, problems });
}

function judgeRules(policy: Policy, context: JudgeContext): readonly RuleVerdict[] {
  const prepared = policy.rules.map((rule) => prepare(rule, context));
  const { resamples = defaultResamples } = context;
  const sizes = { questions: context.candidate.shape.questions.length, resamples };
  const results = bootstrap(
    prepared.flatMap(({ formulas }) => formulas),
    sizes,
  );
  let first = 0;
  return prepared.map(({ formulas, judge: judgeOne }, index) => {
    const sorted = results.slice(first, first + formulas.length);
    first += formulas.length;
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
    formulas: [],
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

function verdictOf(
  policy: Policy,
  context: JudgeContext,
  found: { rules: readonly RuleVerdict[]; problems: readonly Problem[] },
): Verdict {
  const { candidate, baseline, now } = context;
  const { rules, problems } = found;
  const evidenceAt = oldest(context);
  const expiresAt =
    evidenceAt + 1000 * Math.min(policy.maxAgeSeconds, context.maxAgeSeconds ?? policy.maxAgeSeconds);
  return {
    schema: 'flipgate.verdict/1',
    gate: policy.gate,
    verdict: worstOf(rules, problems),
    arm: candidate.record.arm,
    ...(baseline === undefined ? {} : { baseline: baseline.record.arm }),
    evaluated_at: new Date(now).toISOString(),
    // A record or a request without a time is a problem of its own.
    ...(Number.isFinite(evidenceAt) && { evidence_at: new Date(evidenceAt).toISOString() }),
    ...(Number.isFinite(expiresAt) && { expires_at: new Date(expiresAt).toISOString() }),
    artifact: candidate.record.artifact.sha256,
    gold: candidate.record.gold.sha256,
    ...(candidate.record.embedder === undefined ? {} : { embedder: candidate.record.embedder.id }),
    policy: policy.sha256,
    runs: {
      candidate: candidate.record.id,
      ...(baseline === undefined ? {} : { baseline: baseline.record.id }),
    },
    reason: reasonOf(rules, problems),
    ...(problems.length === 0 ? {} : { problems }),
    rules,
  };
}

/** When the oldest run finished, in milliseconds since 1970. */
function oldest({ candidate, baseline }: JudgeContext): number {
  const times = [candidate, baseline].flatMap((evidence) =>
    evidence === undefined ? [] : [Date.parse(evidence.record.finished_at)],
  );
  return Math.min(...times);
}

/** The rules that count: neither waived nor mere warnings. */
function deciding(rules: readonly RuleVerdict[]): readonly (RuleVerdict & { verdict: VerdictName })[] {
  return rules.filter(
    (rule): rule is RuleVerdict & { verdict: VerdictName } =>
      rule.verdict !== 'waived' && rule.severity !== 'warn',
  );
}

function worstOf(rules: readonly RuleVerdict[], problems: readonly Problem[]): VerdictName {
  const counting = deciding(rules);
  if (counting.length === 0) return 'error';
  return [...counting, ...problems].map(({ verdict }) => verdict).reduce(worse, 'pass');
}

function reasonOf(rules: readonly RuleVerdict[], problems: readonly Problem[]): string {
  const counting = deciding(rules);
  if (counting.length === 0) return 'every rule is waived or only warns: nothing is left to decide by';
  const worst = worstOf(rules, problems);
  if (worst === 'pass') return `all ${counting.length} rules pass${waivedNote(rules)}${warningNote(rules)}`;
  const found = counting
    .filter(({ verdict }) => verdict === worst)
    .toSorted((a, b) => placeOf(a.rule) - placeOf(b.rule));
  const [first, ...more] = [...problems.filter(({ verdict }) => verdict === worst), ...found];
  return `${first?.reason ?? worst}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
}

/** Causes before what follows from them: a fault or a loop makes λ backward too, a wrong version explains everything. */
const causes = ['distinct_arms', 'invariants', 'error_rate', 'tool_loops', 'coverage', 'semantic_distance'];

function placeOf(rule: string): number {
  const place = causes.indexOf(rule);
  if (place !== -1) return place;
  // What the watch would do follows from what the other rules found.
  return rule === 'would_be_stopped' ? causes.length + 1 : causes.length;
}

/** A rule that only warns decides nothing, and is not to be overlooked. */
function warningNote(rules: readonly RuleVerdict[]): string {
  const warning = rules.filter(
    ({ severity, verdict }) => severity === 'warn' && verdict !== 'pass' && verdict !== 'waived',
  );
  return warning.length === 0
    ? ''
    : `; warning: ${warning.map(({ rule, verdict }) => `${rule} (${verdict})`).join(', ')}`;
}

function waivedNote(rules: readonly RuleVerdict[]): string {
  const waived = rules.filter(({ verdict }) => verdict === 'waived').map(({ rule }) => rule);
  return waived.length === 0 ? '' : `, ${waived.join(', ')} waived`;
}
