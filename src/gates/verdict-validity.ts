import type { RunRecord } from '../scoring/record.ts';
import { barredReason, type RolledBack } from './barred.ts';
import type { Problem, Verdict } from './verdict.ts';

/** A run as its record tells it now. */
export type JudgedRun = Pick<
  RunRecord,
  'id' | 'status' | 'started_at' | 'finished_at' | 'gold' | 'embedder' | 'artifact'
>;

/** What the reader of a stored verdict knows and asks for. */
export interface ValidityContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Can only shorten the verdict's own. */
  readonly maxAgeSeconds?: number | undefined;
  /** The artifact that somebody is about to promote. */
  readonly artifact?: string | undefined;
  /** The artifact that the arm reports now, where that is known. */
  readonly reported?: string | undefined;
  /** What is configured now, where that is known: a verdict about anything else is none. */
  readonly gold?: string | undefined;
  readonly policy?: string | undefined;
  /** Why the runs that it rests on cannot stand for the arm any more. */
  readonly superseded?: string | undefined;
  /** The runs that it rests on, as far as they are at hand: a verdict about what they were before they changed is none. */
  readonly runs?: { readonly candidate?: JudgedRun | undefined; readonly baseline?: JudgedRun | undefined };
  /** Why the files of these runs are not what their records were written with. */
  readonly damaged?: string | undefined;
  readonly rollbacks?: readonly RolledBack[] | undefined;
}

const voidCodes = new Set([
  'expired',
  'other_artifact',
  'other_gold',
  'other_policy',
  'other_record',
  'damaged_record',
  'superseded',
  'contradictory',
  'barred',
]);

/** A verdict as it may be read: past its expiry, from the future, or about something else, it is an `error`, whatever it was, and no rule of it passes. */
export function revalidate(verdict: Verdict, reading: ValidityContext): Verdict {
  const found = problemOf(verdict, reading);
  if (found === undefined) return verdict;
  return {
    ...verdict,
    verdict: 'error',
    reason: found.reason,
    problems: [...(verdict.problems ?? []), { ...found, verdict: 'error' }],
    rules: verdict.rules.map((rule) =>
      rule.verdict === 'pass' ? { ...rule, verdict: 'error', reason: `void, it was: ${rule.reason}` } : rule,
    ),
  };
}

/** Whether a verdict was made an `error` by reading it: its rules are no better. */
export function isInvalidated({ problems = [] }: Verdict): boolean {
  return problems.some(({ code }) => voidCodes.has(code));
}

type Found = Pick<Problem, 'code' | 'reason'>;

function problemOf(verdict: Verdict, reading: ValidityContext): Found | undefined {
  const late = ageProblem(verdict, reading.now, reading.maxAgeSeconds ?? Number.POSITIVE_INFINITY);
  return late === undefined ? subjectProblem(verdict, reading) : { code: 'expired', reason: late };
}

function ageProblem(
  { verdict, evidence_at, evaluated_at, expires_at }: Verdict,
  now: number,
  maxAgeSeconds: number,
): string | undefined {
  // An error without evidence says so itself.
  if (verdict === 'error' && evidence_at === undefined) return undefined;
  const [evidence, evaluated, expires] = [evidence_at, evaluated_at, expires_at].map((time) =>
    Date.parse(time ?? ''),
  );
  if (
    evidence === undefined ||
    evaluated === undefined ||
    expires === undefined ||
    ![evidence, evaluated, expires].every(Number.isFinite)
  )
    return 'the verdict does not say when it was made and until when it holds';
  if (evidence > now || evaluated > now)
    return `the verdict is from the future (${evaluated_at}): a clock is wrong`;
  const ends = Math.min(expires, evidence + 1000 * maxAgeSeconds);
  return now > ends
    ? `the verdict expired at ${new Date(ends).toISOString()}: run and judge again`
    : undefined;
}

function subjectProblem(verdict: Verdict, reading: ValidityContext): Found | undefined {
  const { artifact, reported, gold, policy, superseded } = reading;
  if (artifact !== undefined && verdict.artifact !== artifact)
    return {
      code: 'other_artifact',
      reason: `the verdict is about artifact ${short(verdict.artifact)}, not ${short(artifact)}`,
    };
  if (verdict.verdict === 'error') return undefined; // it may lack what it is about, and is no better than what follows
  if (reported !== undefined && verdict.artifact !== reported)
    return {
      code: 'other_artifact',
      reason: `the verdict is about artifact ${short(verdict.artifact)}, the arm reports ${short(reported)} now`,
    };
  if (gold !== undefined && verdict.gold !== gold)
    return {
      code: 'other_gold',
      reason: `the verdict is about gold set ${short(verdict.gold)}, configured is ${short(gold)}: run again`,
    };
  if (policy !== undefined && verdict.policy !== policy)
    return {
      code: 'other_policy',
      reason: `the verdict was judged by policy ${short(verdict.policy)}, configured is ${short(policy)}: judge again`,
    };
  if (superseded !== undefined) return { code: 'superseded', reason: superseded };
  const barred = barredProblem(verdict, reading);
  if (barred !== undefined) return barred;
  const changed = runProblem(verdict, reading);
  if (changed !== undefined) return changed;
  return contradictsItself(verdict)
    ? { code: 'contradictory', reason: 'the verdict says pass and its rules do not: it was edited' }
    : undefined;
}

function barredProblem(verdict: Verdict, { rollbacks = [], runs }: ValidityContext): Found | undefined {
  const reason = barredReason({ ...verdict, startedAt: runs?.candidate?.started_at }, rollbacks);
  return reason === undefined ? undefined : { code: 'barred', reason };
}

/** A run that was gone on with, asked something else or edited after it was judged is not the one that the verdict is about. */
function runProblem(
  verdict: Verdict,
  { runs: { candidate, baseline } = {}, damaged }: ValidityContext,
): Found | undefined {
  if (damaged !== undefined) return { code: 'damaged_record', reason: damaged };
  for (const run of [candidate, baseline]) {
    const how = run && (timeProblem(verdict, run) ?? recordProblem(verdict, run, run === candidate));
    if (run !== undefined && how !== undefined)
      return { code: 'other_record', reason: `run ${run.id} ${how}: judge again` };
  }
  return undefined;
}

function timeProblem({ evaluated_at }: Verdict, { status, finished_at }: JudgedRun): string | undefined {
  if (status !== 'complete') return `is ${status}`;
  if (Date.parse(finished_at) <= Date.parse(evaluated_at)) return undefined;
  return `went on after it was judged, until ${finished_at}`;
}

function recordProblem(
  verdict: Verdict,
  { gold, embedder, artifact }: JudgedRun,
  isCandidate: boolean,
): string | undefined {
  if (gold.sha256 !== verdict.gold)
    return `was asked gold set ${short(gold.sha256)}, the verdict is about ${short(verdict.gold)}`;
  if (embedder?.id !== verdict.embedder)
    return `was scored by ${embedder?.id ?? 'no embedder'}, the verdict is about ${verdict.embedder ?? 'none'}`;
  if (!isCandidate || artifact.sha256 === verdict.artifact) return undefined;
  return `is about artifact ${short(artifact.sha256)}, the verdict about ${short(verdict.artifact)}`;
}

/** A gate passes by its rules and nothing else. */
function contradictsItself({ verdict, rules, problems = [] }: Verdict): boolean {
  const deciding = rules.filter((rule) => rule.verdict !== 'waived' && rule.severity !== 'warn');
  return (
    verdict === 'pass' &&
    (deciding.length === 0 || problems.length > 0 || deciding.some((rule) => rule.verdict !== 'pass'))
  );
}

function short(sha: string | undefined): string {
  return sha === undefined ? 'none' : sha.slice(0, 12);
}
