import { describeParts, differences, missingParts } from '../scoring/subject.ts';
import { comparabilityProblem } from '../statistics/comparable.ts';
import { barredReason } from './barred.ts';
import type { Evidence } from '../statistics/evidence/evidence.ts';
import type { ConfiguredSubject } from './configured-subject.ts';
import type { JudgeContext } from './context.ts';
import type { Policy } from './policy.ts';
import { short } from './validity/context.ts';
import type { Problem } from './verdict.ts';

/** What keeps a gate from passing whatever its rules say: evidence that is stale, from the future, about something else, or too small. */
export function problemsOf(policy: Policy, context: JudgeContext): readonly Problem[] {
  return [
    ageProblem(policy, context),
    pairProblem(context),
    artifactProblem(context),
    ...configuredProblems(context),
    ...reportedProblems(context),
    wantedPlanProblem(context),
    barredProblem(policy, context),
    ...planProblems(policy, context),
  ].filter((problem) => problem !== undefined);
}

const problem = (code: string, verdict: Problem['verdict'], reason: string): Problem => ({
  code,
  verdict,
  reason,
});

function ageProblem(
  policy: Policy,
  { candidate, baseline, now, maxAgeSeconds = Number.POSITIVE_INFINITY }: JudgeContext,
): Problem | undefined {
  const most = Math.min(policy.maxAgeSeconds, maxAgeSeconds);
  for (const evidence of [candidate, baseline]) {
    if (evidence === undefined) continue;
    const { arm, finished_at } = evidence.record;
    const ageSeconds = (now - Date.parse(finished_at)) / 1000;
    if (!Number.isFinite(ageSeconds))
      return problem('no_time', 'error', `the run of ${arm} does not say when it finished`);
    if (ageSeconds < 0)
      return problem(
        'future',
        'error',
        `the run of ${arm} finished in the future (${finished_at}): a clock is wrong`,
      );
    if (!(ageSeconds <= most))
      return problem(
        'stale',
        'error',
        `the run of ${arm} finished ${Math.round(ageSeconds)} s ago, more than ${most} s: ask again with flipgate run`,
      );
  }
  return undefined;
}

function pairProblem({ candidate, baseline }: JudgeContext): Problem | undefined {
  if (baseline === undefined) return undefined;
  const reason = comparabilityProblem({ candidate, baseline });
  return reason === undefined
    ? undefined
    : problem('not_comparable', 'error', `the runs cannot be compared: ${reason}`);
}

function artifactProblem({ candidate, wantedArtifact }: JudgeContext): Problem | undefined {
  const { artifact, artifacts, arm } = candidate.record;
  if (wantedArtifact !== undefined && (!artifact.complete || artifact.sha256 !== wantedArtifact))
    return problem(
      'other_artifact',
      'error',
      `the run of ${arm} is about artifact ${artifact.sha256.slice(0, 12)}${artifact.complete ? '' : ' (incomplete)'}, asked for was ${wantedArtifact.slice(0, 12)}`,
    );
  if (wantedArtifact !== undefined && artifacts !== undefined)
    return problem(
      'mixed_artifact',
      'error',
      `the run of ${arm} met ${artifacts.length} artifacts: it is about none of them alone`,
    );
  return undefined;
}

/** The runs have to be about what is configured now. */
function configuredProblems({
  candidate,
  baseline,
  configured,
}: JudgeContext): readonly (Problem | undefined)[] {
  if (configured === undefined) return [];
  return [candidate, baseline].map((evidence) => evidence && configuredProblem(evidence.record, configured));
}

function configuredProblem(
  { arm, gold, subject = {} }: Evidence['record'],
  configured: ConfiguredSubject,
): Problem | undefined {
  if (!configured.isConfigured(arm))
    return problem('other_configuration', 'error', `arm "${arm}" is not configured: what it is is not known`);
  if (configured.gold !== undefined && configured.gold !== gold.sha256)
    return problem(
      'other_gold',
      'error',
      `the run of ${arm} asked the gold set ${short(gold.sha256)}, configured is ${short(configured.gold)}`,
    );
  const now = configured.subjectOf(arm);
  const changed = [...differences(subject, now), ...missingParts(subject, now)];
  if (changed.length === 0) return undefined;
  return problem(
    'other_subject',
    'error',
    `the run of ${arm} is about another ${describeParts(changed)} than the configuration has: ask again with flipgate run`,
  );
}

/** What an arm reports now has to be what was measured. */
function reportedProblems({ candidate, baseline, reported }: JudgeContext): readonly (Problem | undefined)[] {
  return [candidate, baseline].map((evidence) => {
    const { arm, artifact } = evidence?.record ?? {};
    const now = reported?.get(arm ?? '');
    if (now === undefined) return undefined;
    if (now === 'silent')
      return evidence === candidate
        ? problem('silent_arm', 'error', `${arm} does not report its versions now: what it is is not known`)
        : undefined;
    if (now.artifact === artifact?.sha256) return undefined;
    return problem(
      'other_artifact',
      'error',
      `the run of ${arm} is about artifact ${short(artifact?.sha256)}, ${arm} reports ${short(now.artifact)} now`,
    );
  });
}

/** A run that lacks cells of the plan in the configuration's file proves less than was asked for. */
function wantedPlanProblem({ candidate, configured }: JudgeContext): Problem | undefined {
  const { paraphrases = 0, seeds = [] } = configured?.wantedPlan ?? {};
  const { plan } = candidate.record;
  const missing = seeds.filter((seed) => !plan.seeds.includes(seed));
  if (paraphrases <= plan.phrasings - 1 && missing.length === 0) return undefined;
  const what = missing.length > 0 ? `seed ${missing.join(', ')}` : `paraphrase ${paraphrases}`;
  return problem('other_plan', 'inconclusive', `the run lacks ${what} of the configured plan: ask again`);
}

/** Evidence from before the rollback led to it. */
function barredProblem({ gate }: Policy, { candidate, rollbacks = [] }: JudgeContext): Problem | undefined {
  const { arm, artifact, started_at: startedAt } = candidate.record;
  const reason = barredReason({ gate, arm, artifact: artifact.sha256, startedAt }, rollbacks);
  return reason === undefined ? undefined : problem('barred', 'error', reason);
}

function planProblems({ minPlan }: Policy, { candidate }: JudgeContext): readonly (Problem | undefined)[] {
  const { plan, gold } = candidate.record;
  const wanted = minPlan.questions === 'all' ? gold.questions : minPlan.questions;
  const small = (what: string, found: number, least: number): Problem | undefined =>
    found >= least
      ? undefined
      : problem('small_plan', 'inconclusive', `the run asked ${found} ${what}, the gate wants ${least}`);
  return [
    small('questions', plan.questions, wanted),
    small('paraphrases', plan.phrasings - 1, minPlan.paraphrases),
    small('seeds', plan.seeds.length, minPlan.seeds),
  ];
}
