import type { Interval } from '../../statistics/interval.ts';
import type { StatisticCounts } from '../../statistics/statistic.ts';
import type { JudgeContext } from '../context.ts';
import { decide } from '../decide.ts';
import { shown } from '../format.ts';
import type { Judging } from '../judging.ts';
import type { PolicyStatisticRule } from '../policy.ts';
import { worse, type VerdictName } from '../verdict.ts';

const words = {
  at_most: { beyond: 'above', within: 'at most' },
  at_least: { beyond: 'below', within: 'at least' },
} as const;

/** What was found and what it was held against, for people. */
export function sentence(
  { rule, statistic, standing }: Judging,
  look: { verdict: VerdictName; value: number; interval: Interval | undefined },
): string {
  const { comparing, direction, limit, name } = rule;
  const format = (value: number): string => shown(value, statistic.unit, comparing);
  const isBeyond =
    look.verdict === 'fail' ||
    decide({ value: look.value, interval: undefined }, { ...rule, evidence: 'point' }) === 'fail';
  const relation = isBeyond ? `is ${words[direction].beyond}` : `is ${words[direction].within}`;
  const interval =
    look.interval === undefined
      ? ''
      : `95 % interval ${format(look.interval[0])} to ${format(look.interval[1])}, `;
  const undecided = look.verdict === 'inconclusive' ? ', which is not proved' : '';
  return `${name} ${format(look.value)} ${relation} ${format(limit)}${undecided} (${interval}${standing.n} questions)`;
}

/** Why an arm that the rule looks at has too little of what it judges, where that is not because of faults: it proves nothing then. */
export function reasonNotMeasured({ rule, statistic, context }: Judging): string | undefined {
  const { candidate, baseline } = context;
  const arms = [candidate, ...(rule.comparing === 'candidate' || baseline === undefined ? [] : [baseline])];
  for (const evidence of arms) {
    const { n, missing } = statistic.standing(evidence);
    const why =
      n === 0
        ? statistic.absence?.(evidence)
        : missing > rule.maxMissing
          ? statistic.gaps?.(evidence)
          : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Seeds that change nothing are no evidence of stability over seeds. */
export function seedNote({ statistic, context }: Judging): string {
  const idle = context.candidate.record.findings.some(({ code }) => code === 'seed_without_effect');
  return idle && statistic.overSeeds ? '; the seeds changed nothing, so they prove nothing' : '';
}

export function guardNote(decided: VerdictName, guarded: VerdictName, value: number | undefined): string {
  if (worse(decided, guarded) === decided) return '';
  return `; with what was not measured at its worst it is ${value === undefined ? 'not known' : shown(value, 'ratio')}`;
}

/** Why a pass is not one, if it is not. */
export function reasonAgainstPass(
  rule: PolicyStatisticRule,
  { n, missing }: StatisticCounts,
  { candidate, baseline }: JudgeContext,
): string | undefined {
  if (
    rule.oneSession === true &&
    baseline !== undefined &&
    candidate.record.session !== baseline.record.session
  )
    return '; but the arms were not asked in one session, so that other load or another hour can be the cause';
  if (rule.exempt === true) return undefined;
  if (n < rule.minQuestions)
    return `; but only ${n} questions could be judged, ${rule.minQuestions} are needed`;
  if (missing > rule.maxMissing)
    return `; but ${percent(missing)} of its cells have no value, more than ${percent(rule.maxMissing)}`;
  return undefined;
}

function percent(share: number): string {
  return `${shown(100 * share, 'ratio')} %`;
}
