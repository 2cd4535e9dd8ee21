import { integrityProblem } from '../../base/integrity/sealed.ts';
import { barredReason } from '../barred.ts';
import type { Verdict } from '../verdict.ts';
import { aboutProblem, askedProblem } from './about.ts';
import { ageProblem } from './age.ts';
import type { ValidityContext, ValidityProblem } from './context.ts';
import { runsProblem } from './runs.ts';
import { signedProblem } from './signed.ts';

const voidCodes: ReadonlySet<string> = new Set([
  'edited',
  'unsigned',
  'restored',
  'expired',
  'silent_arm',
  'other_artifact',
  'other_gold',
  'other_policy',
  'other_configuration',
  'other_subject',
  'other_record',
  'damaged_record',
  'superseded',
  'unfinished_judging',
  'barred',
  'contradictory',
]);

/**
 * A verdict as it may be read now. Edited, past its expiry, from the future, or about something else than what is configured, stored and reported
 * now, it is an `error`, whatever it was, and no rule of it passes.
 */
export function revalidate(verdict: Verdict, context: ValidityContext): Verdict {
  const found = problemOf(verdict, context);
  if (found === undefined) return verdict;
  const { integrity: _ofWhatWasWritten, ...rest } = verdict;
  return {
    ...rest,
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

function problemOf(verdict: Verdict, context: ValidityContext): ValidityProblem | undefined {
  const early =
    editedProblem(verdict) ??
    signedProblem(verdict, context) ??
    ageProblem(verdict, context) ??
    askedProblem(verdict, context);
  // An error may lack what it is about, and is no better than what follows.
  if (early !== undefined || verdict.verdict === 'error') return early;
  return (
    aboutProblem(verdict, context) ??
    barredProblem(verdict, context) ??
    runsProblem(verdict, context) ??
    unfinishedProblem(context) ??
    contradiction(verdict)
  );
}

function editedProblem(verdict: Verdict): ValidityProblem | undefined {
  // An error is no better for an edit, and some are made where nothing could be read.
  const what = verdict.verdict === 'error' ? undefined : integrityProblem(verdict);
  return what === undefined ? undefined : { code: 'edited', reason: `the verdict ${what}: judge again` };
}

function barredProblem(
  verdict: Verdict,
  { rollbacks = [], runs }: ValidityContext,
): ValidityProblem | undefined {
  const startedAt = runs?.candidate?.state === 'found' ? runs.candidate.record.started_at : undefined;
  const reason = barredReason({ ...verdict, startedAt }, rollbacks);
  return reason === undefined ? undefined : { code: 'barred', reason };
}

function unfinishedProblem({ unfinished }: ValidityContext): ValidityProblem | undefined {
  return unfinished === undefined ? undefined : { code: 'unfinished_judging', reason: unfinished };
}

/** A gate passes by its rules and nothing else. */
function contradiction({ verdict, rules, problems = [] }: Verdict): ValidityProblem | undefined {
  const deciding = rules.filter((rule) => rule.verdict !== 'waived' && rule.severity !== 'warn');
  const isContradictory =
    verdict === 'pass' &&
    (deciding.length === 0 || problems.length > 0 || deciding.some((rule) => rule.verdict !== 'pass'));
  return isContradictory
    ? { code: 'contradictory', reason: 'the verdict says pass and its rules do not: it was edited' }
    : undefined;
}
