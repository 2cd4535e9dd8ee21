import { describeParts, differences, type Subject } from '../../scoring/subject.ts';
import { choiceNames, type ConfiguredChoices, type ConfiguredSubject } from '../configured-subject.ts';
import type { Verdict } from '../verdict.ts';
import { short, type ReportedState, type ValidityContext, type ValidityProblem } from './context.ts';

/** Whether a verdict is about what is asked for, what the arms report, and what is configured now. */
export function aboutProblem(verdict: Verdict, context: ValidityContext): ValidityProblem | undefined {
  return (
    reportedProblem(verdict, context.reported) ??
    policyProblem(verdict, context.policy) ??
    (context.configured && configuredProblem(verdict, context.configured))
  );
}

/** Somebody is about to promote another artifact. */
export function askedProblem(
  { artifact: judged }: Verdict,
  { artifact }: ValidityContext,
): ValidityProblem | undefined {
  if (artifact === undefined || judged === artifact) return undefined;
  return {
    code: 'other_artifact',
    reason: `the verdict is about artifact ${short(judged)}, not ${short(artifact)}`,
  };
}

function reportedProblem(
  { arm, baseline = 'the baseline', artifact, subject }: Verdict,
  reported: ValidityContext['reported'],
): ValidityProblem | undefined {
  const { candidate: now, baseline: baselineNow } = reported ?? {};
  if (now === 'silent')
    return {
      code: 'silent_arm',
      reason: `${arm} does not report its versions: whether the verdict is about what it is now is not known`,
    };
  return (
    otherArtifact({ about: 'the verdict is', artifact, arm, now }) ??
    otherArtifact({
      about: 'its baseline run is',
      artifact: subject?.baseline?.artifact,
      arm: baseline,
      now: baselineNow === 'silent' ? undefined : baselineNow,
    })
  );
}

function otherArtifact(found: {
  readonly about: string;
  readonly artifact: string | undefined;
  readonly arm: string;
  readonly now: Exclude<ReportedState, 'silent'> | undefined;
}): ValidityProblem | undefined {
  const { about, artifact, arm, now } = found;
  if (now === undefined || artifact === now.artifact) return undefined;
  return {
    code: 'other_artifact',
    reason: `${about} about artifact ${short(artifact)}, ${arm} reports ${short(now.artifact)} now`,
  };
}

function policyProblem(verdict: Verdict, policy: string | undefined): ValidityProblem | undefined {
  if (policy === undefined || verdict.policy === policy) return undefined;
  return {
    code: 'other_policy',
    reason: `the verdict was judged by policy ${short(verdict.policy)}, configured is ${short(policy)}: judge again`,
  };
}

function configuredProblem(verdict: Verdict, configured: ConfiguredSubject): ValidityProblem | undefined {
  const { gold } = configured;
  if (gold !== undefined && verdict.gold !== gold)
    return {
      code: 'other_gold',
      reason: `the verdict is about gold set ${short(verdict.gold)}, configured is ${short(gold)}: run again`,
    };
  return choicesProblem(verdict, configured.choices) ?? partsProblem(verdict, configured);
}

function choicesProblem({ subject }: Verdict, now: ConfiguredChoices): ValidityProblem | undefined {
  const then = subject?.configured;
  if (then === undefined) return undefined;
  const names = Object.keys(choiceNames) as (keyof ConfiguredChoices)[]; // the keys of the constant
  const changed = names.filter((name) => then[name] !== now[name]).map((name) => choiceNames[name]);
  if (changed.length === 0) return undefined;
  return {
    code: 'other_configuration',
    reason: `the configuration has changed since it was judged (${changed.join(', ')}): run and judge again`,
  };
}

function partsProblem(verdict: Verdict, configured: ConfiguredSubject): ValidityProblem | undefined {
  const { subject, arm, baseline } = verdict;
  return (
    armProblem({ arm, measured: subject?.candidate }, configured) ??
    (baseline === undefined
      ? undefined
      : armProblem({ arm: baseline, measured: subject?.baseline }, configured))
  );
}

function armProblem(
  { arm, measured }: { readonly arm: string; readonly measured: Subject | undefined },
  configured: ConfiguredSubject,
): ValidityProblem | undefined {
  if (!configured.isConfigured(arm))
    return { code: 'other_configuration', reason: `arm "${arm}" is not configured any more` };
  const changed = differences(measured ?? {}, configured.subjectOf(arm));
  if (changed.length === 0) return undefined;
  return {
    code: 'other_subject',
    reason: `the verdict is about another ${describeParts(changed)} of ${arm} than the configuration has now: run and judge again`,
  };
}
