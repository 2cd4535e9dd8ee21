import { clocks, type LatencyClock } from '../answer.ts';
import { inPlanOrder } from '../../plan/order.ts';
import type { CallLine, RunRecord, Summary } from '../record.ts';
import type { LatencySummary } from '../sample-summary.ts';
import { addFinite, latencySummary } from './sample.ts';
import type { ToolLoopOptions } from '../scoring-options.ts';
import { hasToolLoop } from '../tool-loop.ts';

export type CallPart = Pick<
  Summary,
  | 'calls'
  | 'error_rate'
  | 'server_error_rate'
  | 'latency'
  | 'tool_loops'
  | 'side_effects'
  | 'dedupe_hits'
  | 'usage'
>;

/** The part of a summary that needs no scores. */
export interface CallTally {
  add(calls: readonly CallLine[]): void;
  end(planned: number): CallPart;
}

/** How many calls were made, whatever came of them. */
export function callsMade({ ok, network, timeout, status, shape }: Summary['calls']): number {
  return ok + network + timeout + status + shape;
}

/** Whether the arm said anything: one answered call is enough. */
export function isAnswered({ summary }: Pick<RunRecord, 'summary'>): boolean {
  return summary.calls.ok > 0;
}

export function createCallTally(toolLoop: ToolLoopOptions): CallTally {
  const counts = {
    ok: 0,
    network: 0,
    timeout: 0,
    status: 0,
    shape: 0,
    server_errors: 0,
    retried: 0,
    paced: 0,
  };
  const sums = { tool_loops: 0, side_effects: 0, dedupe_hits: 0 };
  const usage: { input_tokens?: number; output_tokens?: number } = {};
  const latency: Record<LatencyClock, number[]> = { total: [], retrieve: [], rerank: [], reason: [] };
  let calls = 0;
  let faulted = 0;
  const addCall = (call: CallLine): void => {
    calls += 1;
    counts[call.outcome] += 1;
    if (isFaulted(call)) faulted += 1;
    if (call.retried) counts.retried += 1;
    if (isServerError(call)) counts.server_errors += 1;
    counts.paced += measuredAmount(call.paced) ?? 0;
    if (call.outcome === 'ok' && hasToolLoop(call.tool_calls ?? [], toolLoop)) sums.tool_loops += 1;
    sums.side_effects += measuredAmount(call.side_effects) ?? 0;
    sums.dedupe_hits += measuredAmount(call.dedupe_hits) ?? 0;
    addUsage(usage, call);
    if (!isFaulted(call))
      for (const clock of clocks) addFinite(latency[clock], measuredAmount(call.latency?.[clock]));
  };
  const end = (planned: number): CallPart => ({
    calls: { planned, ...counts },
    ...(calls > 0 && { error_rate: faulted / calls, server_error_rate: counts.server_errors / calls }),
    latency: latencyPart(latency),
    ...sums,
    ...(Object.keys(usage).length > 0 && { usage: { ...usage } }),
  });
  return { add: (added) => inPlanOrder(added).forEach(addCall), end };
}

/** Whether a call counts as faulted: no answer, or one that needed a retry. */
export function isFaulted({ outcome, retried }: Pick<CallLine, 'outcome' | 'retried'>): boolean {
  return outcome !== 'ok' || retried;
}

/** Whether the service itself failed: a status from 500 to 599. */
export function isServerError({ outcome, status = 0 }: Pick<CallLine, 'outcome' | 'status'>): boolean {
  return outcome === 'status' && status >= 500 && status <= 599;
}

/** A count or a time whose sums stay finite; anything else was not measured. */
export function measuredAmount(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function addUsage(usage: { input_tokens?: number; output_tokens?: number }, call: CallLine): void {
  for (const kind of ['input_tokens', 'output_tokens'] as const) {
    const tokens = measuredAmount(call.usage?.[kind]);
    if (tokens !== undefined) usage[kind] = (usage[kind] ?? 0) + tokens;
  }
}

function latencyPart(samples: Readonly<Record<LatencyClock, readonly number[]>>): Summary['latency'] {
  const part: Partial<Record<LatencyClock, LatencySummary>> = {};
  for (const clock of clocks) {
    const summary = latencySummary(samples[clock]);
    if (summary !== undefined) part[clock] = summary;
  }
  return part;
}
