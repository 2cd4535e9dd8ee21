import type { SeenBefore } from '../../gates/validity/context.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { clockSkewMilliseconds } from '../../gates/validity/age.ts';
import { armOfRun, startOf } from '../../plan/run-id.ts';
import type { Signing } from './signing.ts';

type Marks = Pick<Signing, 'trust' | 'seen'>;

/** No name of a gate, an arm or a pointer has a dot. */
export function drillMark(pointer: string): string {
  return `drill.${pointer}`;
}

export function runMark(arm: string): string {
  return `run.${arm}`;
}

const timeMark = 'time';
const timeStep = 60_000;

function verdictMark({ gate, arm }: Pick<Verdict, 'gate' | 'arm'>): string {
  return `verdict.${gate}.${arm}`;
}

/** What was seen of a verdict's gate and arm. */
export function seenBefore(about: Pick<Verdict, 'gate' | 'arm'>, { seen }: Marks): SeenBefore {
  return { verdict: seen.highest(verdictMark(about)), run: seen.highest(runMark(about.arm)) };
}

/** Keeps a verdict in mind; one that no trusted key has signed says nothing. */
export function noteVerdict(verdict: Verdict, { trust, seen }: Marks): void {
  if (!trust.isSigned(verdict)) return;
  const { sequence = 0, runs } = verdict;
  seen.note(verdictMark(verdict), sequence);
  for (const run of [runs.candidate, runs.baseline])
    if (run !== undefined) seen.note(runMark(armOfRun(run)), startOf(run));
}

/** The latest time at which anything was looked at here, in milliseconds since 1970; `now` is kept in mind to the minute. */
export function latestTime({ seen }: Marks, now: number): number {
  const before = seen.highest(timeMark);
  if (now >= before + timeStep) seen.note(timeMark, now);
  return Math.max(before, now);
}

/** Why the time cannot be told: it was later before. */
export function clockProblem(now: number, { highest }: Pick<Signing['seen'], 'highest'>): string | undefined {
  const latest = highest(timeMark);
  return now < latest - clockSkewMilliseconds
    ? `it was ${new Date(latest).toISOString()} before: a clock was set back`
    : undefined;
}
