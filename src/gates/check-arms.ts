import { versionFields } from '../scoring/answer.ts';
import { missingVersions } from '../scoring/artifact.ts';
import type { RunRecord } from '../scoring/record.ts';
import type { Evidence } from '../statistics/evidence/evidence.ts';
import type { ArmExpectation, JudgeContext } from './context.ts';
import type { RuleVerdict } from './verdict.ts';

type Outcome = Pick<RuleVerdict, 'verdict' | 'reason'>;

/** Both arms must be two: the same artifact, or the same calls, judged twice would pass whatever Green does. */
export function judgeDistinctArms({ candidate, baseline }: JudgeContext): Outcome {
  if (baseline === undefined) return { verdict: 'inconclusive', reason: 'no baseline to be distinct from' };
  const [after, before] = [candidate.record, baseline.record];
  if (candidate.callsSha256 === baseline.callsSha256)
    return {
      verdict: 'error',
      reason: `the records of ${before.arm} and ${after.arm} hold the very same calls: one run was judged twice`,
    };
  if (!after.artifact.complete || !before.artifact.complete) {
    const silent = [before, after].filter(({ artifact }) => !artifact.complete).map(({ arm }) => arm);
    return {
      verdict: 'inconclusive',
      reason: `${silent.join(' and ')} did not report all five version fields: it is not known whether the arms are two`,
    };
  }
  if (after.artifact.sha256 === before.artifact.sha256)
    return {
      verdict: 'error',
      reason: `${before.arm} and ${after.arm} report the same artifact ${shortSha(after)}: nothing is compared with itself`,
    };
  const same = candidate.answersSha256 === baseline.answersSha256;
  const warning = same
    ? '; warning: every answer is the same bytes on both, see that both names lead where they should'
    : '';
  return {
    verdict: 'pass',
    reason: `${before.arm} is ${shortSha(before)}, ${after.arm} is ${shortSha(after)}${warning}`,
  };
}

function shortSha({ artifact }: RunRecord): string {
  return artifact.sha256.slice(0, 12);
}

/** The version fields: there, constant over the run, and equal to the pins; and the secrets that are required. */
export function judgeInvariants({ candidate, baseline, expectations }: JudgeContext): Outcome {
  const broken = [
    ...(candidate.record.artifact.complete
      ? []
      : [`${candidate.record.arm} does not report ${missingVersions(candidate.record.artifact).join(', ')}`]),
    ...brokenOf(candidate, expectations.candidate),
    ...(baseline === undefined ? [] : brokenOf(baseline, expectations.baseline)),
  ];
  if (broken.length > 0) return { verdict: 'fail', reason: broken.join('; ') };
  const pinned = Object.keys(expectations.candidate.pins).length;
  const pins = pinned === 0 ? 'no pins are configured' : `${pinned} pins hold`;
  return {
    verdict: 'pass',
    reason: `the five version fields of ${candidate.record.arm} are there and constant, ${pins}`,
  };
}

function brokenOf({ record }: Evidence, { pins, missingSecrets }: ArmExpectation): readonly string[] {
  const drift = record.artifacts === undefined ? [] : [driftOf(record)];
  const wrong = versionFields.flatMap((field) => {
    const [pin, found] = [pins[field], record.artifact[field]];
    return pin === undefined || found === pin
      ? []
      : [`${record.arm} has ${field} "${found ?? 'none'}", pinned is "${pin}"`];
  });
  const secrets = missingSecrets.map((name) => `${record.arm} needs the secret ${name}, which is not set`);
  return [...drift, ...wrong, ...secrets];
}

function driftOf(record: RunRecord): string {
  const artifacts = record.artifacts ?? [];
  const fields = versionFields.filter(
    (field) => new Set(artifacts.map((artifact) => artifact[field])).size > 1,
  );
  const values = fields.map(
    (field) => `${field} ${artifacts.map((artifact) => `"${artifact[field] ?? 'none'}"`).join(' and ')}`,
  );
  return `${record.arm} changed its version during the run: ${values.join(', ')}`;
}
