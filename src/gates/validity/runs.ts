import { secondOf } from '../../plan/run-id.ts';
import { differences, describeParts } from '../../scoring/subject.ts';
import type { Verdict } from '../verdict.ts';
import { contradictionOf } from './contradiction.ts';
import {
  short,
  type JudgedRun,
  type NewestRun,
  type FoundRun,
  type RunLookup,
  type ValidityContext,
  type ValidityProblem,
} from './context.ts';

/** Whether the runs that a verdict rests on are what they were, and still stand for their arm. */
export function runsProblem(verdict: Verdict, context: ValidityContext): ValidityProblem | undefined {
  const { runs = {}, newest, newestBaseline } = context;
  return (
    supersededProblem(verdict, newest) ??
    supersededBaselineProblem(verdict, newestBaseline) ??
    changedProblem(verdict, 'candidate', runs.candidate) ??
    changedProblem(verdict, 'baseline', runs.baseline)
  );
}

/** An arm's name stands for its newest run: another artifact, or one that ended otherwise than complete, leaves nothing to go by. */
function supersededProblem(verdict: Verdict, newest: NewestRun | undefined): ValidityProblem | undefined {
  const reason = newest && supersededBy(newest, verdict);
  return reason === undefined ? undefined : { code: 'superseded', reason };
}

/** What the baseline is by now is not what was compared with. One that did not end well says nothing of what the baseline is. */
function supersededBaselineProblem(
  { runs, subject }: Verdict,
  newest: NewestRun | undefined,
): ValidityProblem | undefined {
  const judged = subject?.baseline?.artifact;
  if (newest?.status !== 'complete' || judged === undefined || newest.artifact === judged) return undefined;
  if (secondOf(newest.id) < secondOf(runs.baseline ?? '')) return undefined;
  const reason = `a newer run of the baseline, ${newest.id}, is about artifact ${short(newest.artifact)}, compared was ${short(judged)}: judge again`;
  return { code: 'superseded', reason };
}

function supersededBy(newest: NewestRun, verdict: Verdict): string | undefined {
  const { candidate: judged } = verdict.runs;
  const { id, status, artifact, summary } = newest;
  if (id === judged)
    return status === 'complete' ? undefined : `the run that the verdict rests on, ${id}, is ${status}`;
  // Ids of one second do not tell which run is newer: the newest in the store is.
  if (judged !== undefined && secondOf(id) < secondOf(judged)) return undefined;
  if (status !== 'complete') return `a newer run, ${id}, is ${status}: run and judge again`;
  if (verdict.artifact !== undefined && artifact !== verdict.artifact)
    return `a newer run, ${id}, is about artifact ${short(artifact)}, the verdict about ${short(verdict.artifact)}: judge again`;
  const contradiction = summary && contradictionOf(verdict, summary);
  return contradiction === undefined ? undefined : `a newer run, ${id}, was not judged, and ${contradiction}`;
}

function changedProblem(
  verdict: Verdict,
  role: 'candidate' | 'baseline',
  lookup: RunLookup | undefined,
): ValidityProblem | undefined {
  const id = verdict.runs[role];
  if (id === undefined || lookup === undefined) return undefined;
  if (lookup.state === 'missing') return record(id, 'is not in the store any more: run and judge again');
  if (lookup.state === 'unfinished') return record(id, 'has not ended: judge again when it has');
  if (lookup.state === 'damaged') return { code: 'damaged_record', reason: lookup.reason };
  if (lookup.damage !== undefined) return { code: 'damaged_record', reason: lookup.damage };
  const how =
    timeProblem(verdict, lookup.record) ??
    recordProblem(verdict, lookup.record, role) ??
    contentProblem(verdict, lookup, role);
  return how === undefined ? undefined : record(id, `${how}: judge again`);
}

function record(id: string, what: string): ValidityProblem {
  return { code: 'other_record', reason: `run ${id} ${what}` };
}

function timeProblem({ evaluated_at }: Verdict, { status, finished_at }: JudgedRun): string | undefined {
  if (status !== 'complete') return `is ${status}`;
  if (Date.parse(finished_at) <= Date.parse(evaluated_at)) return undefined;
  return `was resumed after it was judged, until ${finished_at}`;
}

function recordProblem(
  verdict: Verdict,
  { gold, embedder, artifact }: JudgedRun,
  role: 'candidate' | 'baseline',
): string | undefined {
  if (gold.sha256 !== verdict.gold)
    return `was asked gold set ${short(gold.sha256)}, the verdict is about ${short(verdict.gold)}`;
  if (embedder?.id !== verdict.embedder)
    return `was scored by ${embedder?.id ?? 'no embedder'}, the verdict is about ${verdict.embedder ?? 'none'}`;
  if (role === 'baseline' || artifact.sha256 === verdict.artifact) return undefined;
  return `is about artifact ${short(artifact.sha256)}, the verdict about ${short(verdict.artifact)}`;
}

function contentProblem(
  { subject, records }: Verdict,
  { record: now, sha256 }: FoundRun,
  role: 'candidate' | 'baseline',
): string | undefined {
  const changed = differences(subject?.[role] ?? {}, now.subject ?? {});
  if (changed.length > 0) return `is about another ${describeParts(changed)} now`;
  const judged = records?.[role]?.sha256;
  return judged === sha256 ? undefined : 'is not what was judged';
}
