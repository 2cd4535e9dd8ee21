import type { Comparing } from '../statistics/pair.ts';
import type { Direction } from '../statistics/limit.ts';
import type { EvidenceMode } from '../statistics/resolution.ts';

/** What a rule judges when the policy says nothing else. */
export interface StatisticRule {
  readonly name: string;
  readonly kind: 'statistic';
  readonly statistic: string;
  readonly comparing: Comparing;
  readonly direction: Direction;
  readonly limit: number;
  readonly evidence: EvidenceMode;
  /** Too few questions or too many missing calls make no pass inconclusive. */
  readonly exempt?: boolean;
  /** Left out where neither arm returns answers. */
  readonly ofAnswers?: boolean;
  /** Judged only where both arms were asked in one session. */
  readonly oneSession?: boolean;
  /** How many of the last windows must be beyond the limit before the rule fails; absent: one judgement decides. */
  readonly hysteresis?: Hysteresis;
  readonly severity?: 'warn';
}

/** Protection against a single bad window, where a gate judges a list of them. */
export interface Hysteresis {
  /** Windows beyond the limit… */
  readonly breaches: number;
  /** …among so many of the last. */
  readonly of: number;
  /** A window of at least so many calls fails at once. */
  readonly atOnceFrom?: number;
}

/** A rule that looks at something else than a statistic. */
export interface CheckRule {
  readonly name: string;
  readonly kind: 'distinct_arms' | 'invariants' | 'rollback_drill' | 'blind';
  /** Largest number that passes, where there is one: seconds to restore, seconds without fresh evidence. */
  readonly limit?: number;
  /** How old what it rests on may be, in seconds. */
  readonly maxAgeSeconds?: number;
}

/** A rule that asks another gate's rules: whether the watch would stop what is about to go live. */
export interface PreflightRule {
  readonly name: string;
  readonly kind: 'would_be_stopped';
}

export type DefaultRule = StatisticRule | CheckRule | PreflightRule;

const rule = (
  [name, statistic, comparing]: readonly [string, string, Comparing],
  [direction, limit]: readonly [Direction, number],
  more: Partial<StatisticRule> = {},
): StatisticRule => ({
  name,
  kind: 'statistic',
  statistic,
  comparing,
  direction,
  limit,
  evidence: 'balanced',
  ...more,
});

const worstPhrasing = 'semantic_distance.question_retrieved.worst_phrasing';

/** The gate before a flip, as in the spec page "gates". */
const acceptance: readonly DefaultRule[] = [
  rule(['semantic_distance', worstPhrasing, 'candidate'], ['at_most', 0.45]),
  rule(['coverage', 'coverage.mean', 'candidate'], ['at_least', 0.7]),
  rule(['lambda_convergence', 'lambda.convergence.worst_seed', 'candidate'], ['at_least', 0.8]),
  rule(['lambda_flip_increase', 'lambda.flip.all', 'difference'], ['at_most', 0.05]),
  rule(['latency_p95', 'latency.total.p95', 'ratio'], ['at_most', 1.15], { oneSession: true }),
  rule(['error_rate', 'error_rate', 'candidate'], ['at_most', 0.005], { exempt: true }),
  rule(['answer_distance_increase', 'semantic_distance.answer_anchor.mean', 'difference'], ['at_most', 0.1], {
    ofAnswers: true,
  }),
  rule(['tool_loops', 'tool_loops', 'candidate'], ['at_most', 0], { evidence: 'point' }),
  { name: 'distinct_arms', kind: 'distinct_arms' },
  { name: 'invariants', kind: 'invariants' },
  { name: 'rollback_drill', kind: 'rollback_drill', limit: 120, maxAgeSeconds: 86_400 },
  { name: 'would_be_stopped', kind: 'would_be_stopped' },
];

const point = { evidence: 'point' } as const;
const twice = { ...point, hysteresis: { breaches: 2, of: 2 } } as const;
const drift = 'semantic_distance.question_retrieved.p95';

/** The stop rules after a flip, as in the spec page "gates": a fail says roll back. */
const watch: readonly DefaultRule[] = [
  rule(['semantic_distance_drift', drift, 'difference'], ['at_most', 0.15], twice),
  rule(['coverage', 'coverage.mean', 'candidate'], ['at_least', 0.6], twice),
  rule(['lambda_flip_rate', 'lambda.flip.all', 'candidate'], ['at_most', 0.2], twice),
  rule(['server_error_rate', 'server_error_rate', 'candidate'], ['at_most', 0.01], {
    ...point,
    exempt: true,
    hysteresis: { breaches: 2, of: 2, atOnceFrom: 100 },
  }),
  rule(['tool_loop', 'tool_loops', 'candidate'], ['at_most', 0], point),
  rule(['latency_p95', 'latency.total.p95', 'ratio'], ['at_most', 2], {
    ...point,
    hysteresis: { breaches: 3, of: 5 },
  }),
  rule(['latency_p95_warning', 'latency.total.p95', 'ratio'], ['at_most', 1.15], {
    ...point,
    hysteresis: { breaches: 3, of: 5 },
    severity: 'warn',
  }),
  { name: 'blind', kind: 'blind', limit: 120 },
];

/** The gates that flipgate knows by itself. Others are written in the configuration. */
export const defaultGates: Readonly<Record<string, readonly DefaultRule[]>> = { acceptance, watch };

/** The rules of the command `wfgy_eval`. */
export const retrievalRules: readonly DefaultRule[] = acceptance.filter(({ name }) =>
  ['semantic_distance', 'coverage', 'error_rate'].includes(name),
);
