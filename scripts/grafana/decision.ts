import { block, either, inRole, ofCandidate, oneFresh, proved } from './promql.ts';
import { violations } from './raw.ts';
import { maxAge, maxReportAge, type GateName } from './settings.ts';

const known = { artifact: '!=' };
const oneCandidate = `(count(group by (arm) ${inRole('candidate')}) == 1)`;

/** What the candidate reports now is what the verdict is about. */
function sameArtifact(gate: GateName): readonly string[] {
  return [
    `(count(${ofCandidate('flipgate_arm_info')}) == 1)`,
    block(
      `${ofCandidate('flipgate_arm_info', known)} == 1\nand on (artifact)\n${ofCandidate('flipgate_gate_info', { gate, ...known })} == 1`,
    ),
    ...oneFresh(ofCandidate('flipgate_arm_seen_timestamp_seconds'), maxReportAge),
  ];
}

/** One verdict on one candidate with fresh evidence, about one thing. */
function oneVerdict(gate: GateName, allowed: string): readonly string[] {
  return [
    oneCandidate,
    `(count(${ofCandidate('flipgate_gate_verdict', { gate })}) == 1)`,
    allowed,
    ...oneFresh(ofCandidate('flipgate_gate_evaluated_timestamp_seconds', { gate }), maxAge[gate]),
    `(count(${ofCandidate('flipgate_gate_info', { gate })}) == 1)`,
  ];
}

/** What Prometheus sees itself can close a gate, never open it. */
function veto(gate: GateName): string {
  return gate === 'acceptance' ? `\nunless on ()\n${block(violations)}` : '';
}

/**
 * The one number that a consumer reads: 1 pass, 0 inconclusive, -1 everything else. Never absent, never two series. Only set operators, `count`,
 * `group` and `scalar` are used: none of them can fail on odd series, and a rule that fails would leave its last value standing.
 */
export function decision(gate: GateName): string {
  const verdict = ofCandidate('flipgate_gate_verdict', { gate });
  const unreported = `absent(${ofCandidate('flipgate_arm_info')})`;
  const reportedSame = block(proved('vector(1)', sameArtifact(gate)));
  const found = either([
    block(proved('vector(1)', [...oneVerdict(gate, `(${verdict} == 1)`), ...sameArtifact(gate)])),
    block(
      proved('vector(0)', [
        ...oneVerdict(gate, `(${verdict} == 0 or ${verdict} == 1)`),
        block(`${unreported}\nor on ()\n${reportedSame}`),
      ]),
    ),
  ]);
  return either([block(block(found) + veto(gate)), 'vector(-1)']);
}

/** Why a gate is not open, each as 1 (holds) or 0, never absent: for people. */
export function conditions(gate: GateName): Readonly<Record<string, string>> {
  const holds = (all: readonly string[]): string => `${block(proved('vector(1)', all))}\nor vector(0)`;
  const fresh = oneFresh(ofCandidate('flipgate_gate_evaluated_timestamp_seconds', { gate }), maxAge[gate]);
  const verdict = ofCandidate('flipgate_gate_verdict', { gate });
  return {
    'one candidate': holds([oneCandidate]),
    'one verdict': holds([`(count(${verdict}) == 1)`]),
    'verdict is pass': holds([`(${verdict} == 1)`]),
    'evidence is fresh': holds(fresh),
    'the arm reports what was judged': holds(sameArtifact(gate)),
    ...(gate === 'acceptance' && {
      'no raw value beyond its limit': `${block(`vector(1)\nunless on ()\n${block(violations)}`)}\nor vector(0)`,
    }),
  };
}
