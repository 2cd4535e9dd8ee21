import { measuredAmount } from '../../scoring/summary/call-tally.ts';
import { outcomes, type Outcome } from '../../scoring/answer.ts';
import type { CallLine, Summary } from '../../scoring/record.ts';
import type { ToolLoopOptions } from '../../scoring/scoring-options.ts';
import { hasToolLoop } from '../../scoring/tool-loop.ts';
import type { CallTotals } from '../snapshot.ts';

type Totals = { -readonly [Key in keyof CallTotals]: CallTotals[Key] } & {
  outcomes: Record<Outcome, number>;
};

/** Of a file that anybody can have edited. */
function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' ? measuredAmount(value) : undefined;
}

export function noCalls(): Totals {
  return {
    outcomes: { ok: 0, network: 0, timeout: 0, status: 0, shape: 0 },
    toolLoops: 0,
    sideEffects: 0,
    dedupeHits: 0,
  };
}

/** Totals to count on with. */
export function copyOf(totals: CallTotals): Totals {
  return { ...totals, outcomes: { ...totals.outcomes } };
}

/** The totals of a run that has ended. */
export function totalsOfSummary(
  summary: Pick<Summary, 'calls' | 'tool_loops' | 'side_effects' | 'dedupe_hits'>,
): CallTotals {
  const { calls, tool_loops: toolLoops, side_effects: sideEffects, dedupe_hits: dedupeHits } = summary;
  const { ok, network, timeout, status, shape } = calls;
  return { outcomes: { ok, network, timeout, status, shape }, toolLoops, sideEffects, dedupeHits };
}

/** Counts one call of a run that goes on, as its summary will. */
export function countCall(totals: Totals, line: CallLine, toolLoop: ToolLoopOptions): void {
  if (!outcomes.includes(line.outcome)) return;
  totals.outcomes[line.outcome] += 1;
  if (line.outcome === 'ok' && hasToolLoop(line.tool_calls ?? [], toolLoop)) totals.toolLoops += 1;
  totals.sideEffects += amountOf(line.side_effects) ?? 0;
  totals.dedupeHits += amountOf(line.dedupe_hits) ?? 0;
}

/** Two totals, number by number. */
export function combineTotals(
  a: CallTotals,
  b: CallTotals,
  of: (a: number, b: number) => number,
): CallTotals {
  const outcome = (name: Outcome): number => of(a.outcomes[name], b.outcomes[name]);
  return {
    outcomes: {
      ok: outcome('ok'),
      network: outcome('network'),
      timeout: outcome('timeout'),
      status: outcome('status'),
      shape: outcome('shape'),
    },
    toolLoops: of(a.toolLoops, b.toolLoops),
    sideEffects: of(a.sideEffects, b.sideEffects),
    dedupeHits: of(a.dedupeHits, b.dedupeHits),
  };
}

/** Calls that were asked, however they ended. */
export function callsIn({ outcomes: counts }: CallTotals): number {
  return outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
}
