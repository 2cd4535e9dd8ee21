import { exitCodes, UserError } from '../base/errors.ts';
import type { RunRecord } from '../scoring/record.ts';
import type { Shape } from './evidence/evidence.ts';
import type { Pair } from './pair.ts';

/** What of a run tells whether it can be compared. */
export interface ComparableRun {
  readonly record: Pick<RunRecord, 'id' | 'gold' | 'embedder' | 'view' | 'plan'>;
  readonly shape: Pick<Shape, 'questions'>;
}

/** Throws a `UserError` (exit 4) where two runs are not over the same cells, or were not measured alike. `changed` names questions whose texts differ. */
export function requireComparable({ candidate, baseline }: Pair, changed: readonly string[] = []): void {
  const reason = reasonAgainst(candidate, baseline, changed);
  if (reason === undefined) return;
  const [after, before] = [candidate.record, baseline.record];
  throw new UserError(`runs ${before.id} and ${after.id} cannot be compared: ${reason.what}`, {
    hint: reason.hint,
    exitCode: exitCodes.error,
  });
}

/** Why two runs cannot be compared, for people; `undefined` where they can. */
export function comparabilityProblem({
  candidate,
  baseline,
}: Readonly<Record<keyof Pair, ComparableRun>>): string | undefined {
  return reasonAgainst(candidate, baseline, [])?.what;
}

interface Reason {
  readonly what: string;
  readonly hint: string;
}

const shownIds = 5;

function reasonAgainst(
  candidate: ComparableRun,
  baseline: ComparableRun,
  changed: readonly string[],
): Reason | undefined {
  const [after, before] = [candidate.record, baseline.record];
  if (after.id === before.id) return { what: 'they are one run', hint: 'name two runs' };
  const questions = differingQuestions(candidate, baseline);
  if (after.gold.sha256 !== before.gold.sha256)
    return {
      what: `they asked different gold sets (${before.gold.sha256.slice(0, 12)} and ${after.gold.sha256.slice(0, 12)}${questions}${changed.length === 0 ? '' : `; changed: ${named(changed)}`})`,
      hint: 'run both arms on one gold set: flipgate run',
    };
  if (after.embedder?.id !== before.embedder?.id)
    return {
      what: `they were scored with different embedders ("${before.embedder?.id ?? 'none'}" and "${after.embedder?.id ?? 'none'}")`,
      hint: 'score both with one: flipgate runs score',
    };
  if (after.view !== before.view)
    return {
      what: `they were scored in different views ("${before.view}" and "${after.view}")`,
      hint: 'score both in one: flipgate runs score',
    };
  const plans = [before.plan, after.plan].map(
    ({ phrasings, seeds }) => `${phrasings} phrasings, seeds ${seeds.join(',')}`,
  );
  if (plans[0] !== plans[1])
    return {
      what: `they were asked differently (${plans.join('; ')})`,
      hint: 'run both arms in one session',
    };
  if (questions !== '')
    return {
      what: `they asked different questions (${questions.replace(/^; /u, '')})`,
      hint: 'run both arms in one session',
    };
  return undefined;
}

function differingQuestions({ shape: after }: ComparableRun, { shape: before }: ComparableRun): string {
  const only = (own: readonly string[], other: readonly string[]): readonly string[] => {
    const known = new Set(other);
    return own.filter((id) => !known.has(id));
  };
  const told = [
    ['only baseline', only(before.questions, after.questions)],
    ['only candidate', only(after.questions, before.questions)],
  ] as const;
  return told
    .filter(([, ids]) => ids.length > 0)
    .map(([who, ids]) => `; ${who}: ${named(ids)}`)
    .join('');
}

function named(ids: readonly string[]): string {
  return (
    ids.slice(0, shownIds).join(', ') + (ids.length > shownIds ? ` and ${ids.length - shownIds} more` : '')
  );
}
