import type { JudgeContext } from './context.ts';
import type { Policy } from './policy.ts';
import { measuredInPart } from './reasons/measured-in-part.ts';
import {
  worse,
  type JudgedWindow,
  type Problem,
  type RuleVerdict,
  type Verdict,
  type VerdictName,
  type VerdictSubject,
} from './verdict.ts';

/** What was judged of a gate. */
export interface JudgedRules {
  readonly rules: readonly RuleVerdict[];
  readonly problems: readonly Problem[];
  /** Before the context's own, oldest first. */
  readonly windows: readonly JudgeContext[];
}

/** The verdict of rules and problems: the worst of them, with what it is about. */
export function verdictOf(policy: Policy, context: JudgeContext, judged: JudgedRules): Verdict {
  const { candidate, baseline, now } = context;
  const { rules, problems, windows } = judged;
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
    subject: subjectOf(policy, context),
    ...(context.records === undefined ? {} : { records: context.records }),
    ...(windows.length === 0 ? {} : { windows: [...windows, context].map(windowOf) }),
    reason: `${reasonOf(rules, problems)}${measuredInPart(context)}`,
    ...(problems.length === 0 ? {} : { problems }),
    rules,
  };
}

function subjectOf(policy: Policy, { candidate, baseline, configured }: JudgeContext): VerdictSubject {
  return {
    candidate: candidate.record.subject ?? {},
    ...(baseline === undefined ? {} : { baseline: baseline.record.subject ?? {} }),
    policy: policy.sha256,
    ...(configured === undefined ? {} : { configured: configured.choices }),
  };
}

function windowOf({ candidate: { record } }: JudgeContext): JudgedWindow {
  return { run: record.id, finished_at: record.finished_at, artifact: record.artifact.sha256 };
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
