import { block, either, oneFresh, proved, series } from './promql.ts';
import { violations } from './raw.ts';
import { arms, maxAge, maxReportAge, type GateName } from './settings.ts';

const arm = arms.candidate;
const known = { artifact: '!=' };

/** What the arm reports now is what the verdict is about. */
function sameArtifact(gate: GateName): readonly string[] {
  const reported = series('flipgate_arm_info', { arm });
  return [
    `(count(${reported}) == 1)`,
    block(
      `${series('flipgate_arm_info', { arm, ...known })} == 1\nand on (artifact)\n${series('flipgate_gate_info', { gate, arm, ...known })} == 1`,
    ),
    ...oneFresh(series('flipgate_arm_seen_timestamp_seconds', { arm }), maxReportAge),
  ];
}

/** One verdict with fresh evidence, about one thing. */
function oneVerdict(gate: GateName, allowed: string): readonly string[] {
  return [
    `(count(${series('flipgate_gate_verdict', { gate, arm })}) == 1)`,
    allowed,
    ...oneFresh(series('flipgate_gate_evaluated_timestamp_seconds', { gate, arm }), maxAge[gate]),
    `(count(${series('flipgate_gate_info', { gate, arm })}) == 1)`,
  ];
}

/** What Prometheus sees itself can close a gate, never open it. */
function veto(gate: GateName): string {
  return gate === 'acceptance' ? `\nunless on ()\n${block(violations)}` : '';
}

/**
 * The one number that a consumer reads: 1 pass, 0 inconclusive, -1 everything else. Never absent, never two series. Only set operators, `count`
 * and `scalar` are used: none of them can fail on odd series, and a rule that fails would leave its last value standing.
 */
export function decision(gate: GateName): string {
  const verdict = series('flipgate_gate_verdict', { gate, arm });
  const unreported = `absent(${series('flipgate_arm_info', { arm })})`;
  const reportedSame = block(proved('vector(1)', sameArtifact(gate)));
  return either([
    block(
      proved('vector(1)', [...oneVerdict(gate, `(${verdict} == 1)`), ...sameArtifact(gate)]) + veto(gate),
    ),
    block(
      proved('vector(0)', [
        ...oneVerdict(gate, `(${verdict} == 0 or ${verdict} == 1)`),
        block(`${unreported}\nor on ()\n${reportedSame}`),
      ]) + veto(gate),
    ),
    'vector(-1)',
  ]);
}

/** Why a gate is not open, each as 1 (holds) or 0, never absent: for people. */
export function conditions(gate: GateName): Readonly<Record<string, string>> {
  const holds = (all: readonly string[]): string => `${block(proved('vector(1)', all))}\nor vector(0)`;
  const fresh = oneFresh(series('flipgate_gate_evaluated_timestamp_seconds', { gate, arm }), maxAge[gate]);
  const verdict = series('flipgate_gate_verdict', { gate, arm });
  return {
    'one verdict': holds([`(count(${verdict}) == 1)`]),
    'verdict is pass': holds([`(${verdict} == 1)`]),
    'evidence is fresh': holds(fresh),
    'the arm reports what was judged': holds(sameArtifact(gate)),
    ...(gate === 'acceptance' && {
      'no raw value beyond its limit': `${block(`vector(1)\nunless on ()\n${block(violations)}`)}\nor vector(0)`,
    }),
  };
}
