import { measuredAmount } from '../core/call-tally.ts';
import { outcomes, type Outcome } from '../core/answer.ts';
import type { CallLine, Summary } from '../core/record.ts';
import type { ToolLoopOptions } from '../core/scoring-options.ts';
import { hasToolLoop } from '../core/tool-loop.ts';
import type { CallTotals } from '../telemetry/snapshot.ts';

type Totals = { -readonly [Key in keyof CallTotals]: CallTotals[Key] } & { outcomes: Record<Outcome, number> };

export function noCalls(): Totals {
  return { outcomes: { ok: 0, network: 0, timeout: 0, status: 0, shape: 0 }, toolLoops: 0, sideEffects: 0, dedupeHits: 0 };
}

/** The totals of a run that has ended; `undefined` where its record does not have them. */
export function totalsOfSummary(summary: Partial<Summary>): CallTotals | undefined {
  const { calls, tool_loops: toolLoops, side_effects: sideEffects, dedupe_hits: dedupeHits } = summary;
  const counts = outcomes.map((outcome) => measuredAmount(calls?.[outcome]));
  if ([...counts, toolLoops, sideEffects, dedupeHits].some((count) => measuredAmount(count) === undefined)) return undefined;
  const [ok = 0, network = 0, timeout = 0, status = 0, shape = 0] = counts;
  return {
    outcomes: { ok, network, timeout, status, shape },
    toolLoops: toolLoops ?? 0,
    sideEffects: sideEffects ?? 0,
    dedupeHits: dedupeHits ?? 0,
  };
}

/** Counts one call of a run that goes on, as its summary will. */
export function countCall(totals: Totals, line: CallLine, toolLoop: ToolLoopOptions): void {
  if (!outcomes.includes(line.outcome)) return;
  totals.outcomes[line.outcome] += 1;
  if (line.outcome === 'ok' && hasToolLoop(line.tool_calls ?? [], toolLoop)) totals.toolLoops += 1;
  totals.sideEffects += measuredAmount(line.side_effects) ?? 0;
  totals.dedupeHits += measuredAmount(line.dedupe_hits) ?? 0;
}

/** The sum; nothing in it is below `least`, so that a counter does not fall when runs are pruned. */
export function sumOfTotals(all: readonly CallTotals[], least: CallTotals = noCalls()): CallTotals {
  const sum = noCalls();
  for (const { outcomes: counts, toolLoops, sideEffects, dedupeHits } of all) {
    for (const outcome of outcomes) sum.outcomes[outcome] += counts[outcome];
    sum.toolLoops += toolLoops;
    sum.sideEffects += sideEffects;
    sum.dedupeHits += dedupeHits;
  }
  for (const outcome of outcomes) sum.outcomes[outcome] = Math.max(sum.outcomes[outcome], least.outcomes[outcome]);
  return {
    outcomes: sum.outcomes,
    toolLoops: Math.max(sum.toolLoops, least.toolLoops),
    sideEffects: Math.max(sum.sideEffects, least.sideEffects),
    dedupeHits: Math.max(sum.dedupeHits, least.dedupeHits),
  };
}

/** Calls that were asked, however they ended. */
export function callsIn({ outcomes: counts }: CallTotals): number {
  return outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
}
