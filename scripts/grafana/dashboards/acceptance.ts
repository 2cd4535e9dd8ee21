import { conditions } from '../decision.ts';
import {
  badFrom,
  holdsMapping,
  mapped,
  stat,
  table,
  timeline,
  verdictMapping,
  whileJudged,
  whileReported,
  colours,
} from '../panels.ts';
import { ofCandidate, series } from '../promql.ts';
import { maxAge, maxReportAge } from '../settings.ts';
import type { Page } from './dashboard.ts';

const gate = 'acceptance';
const decision = 'flipgate:gate_decision:acceptance';
const open = mapped({
  '1': ['OPEN', colours.good],
  '0': ['HOLD', colours.hold],
  '-1': ['CLOSED', colours.bad],
});
const ofGate = { gate };

export const acceptance: Page = {
  name: 'acceptance',
  title: 'acceptance',
  description: 'Is the acceptance gate of the candidate open, and if not, why.',
  panels: [
    stat(
      {
        title: 'Gate',
        description:
          'What every consumer reads: the harness says pass, on fresh evidence, about what the arm reports now, and no raw value contradicts.',
        noValue: 'NO RULES LOADED: CLOSED',
        mappings: [open],
      },
      { decision },
    ),
    stat(
      {
        title: 'Age of the evidence',
        description: 'Since the oldest run that the verdict rests on.',
        noValue: 'NO EVIDENCE',
        unit: 's',
        steps: badFrom(maxAge[gate]),
      },
      { age: `time() - ${ofCandidate('flipgate_gate_evaluated_timestamp_seconds', ofGate)}` },
    ),
    stat(
      {
        title: "Age of the arm's report",
        description: 'Since the arm last said what it is.',
        noValue: 'NOT REPORTED',
        unit: 's',
        steps: badFrom(maxReportAge),
      },
      { age: `time() - ${ofCandidate('flipgate_arm_seen_timestamp_seconds')}` },
    ),
    stat(
      {
        title: 'Raw series',
        description:
          'Every raw value is there, fresh, and within its limit. A waived rule has no limit, so this says no.',
        noValue: 'NO RULES LOADED',
        mappings: [holdsMapping],
      },
      { raw: 'flipgate:gate_raw:acceptance' },
    ),
    stat(
      {
        title: 'Why',
        description: 'Each has to hold for the gate to open.',
        noValue: 'PROMETHEUS DOES NOT ANSWER',
        mappings: [holdsMapping],
        width: 24,
      },
      conditions(gate),
    ),
    table(
      {
        title: 'Rules',
        description:
          'Verdicts, values and limits, while their evidence is fresh. A waived rule has no verdict and no limit.',
        noValue: 'NO FRESH VERDICT',
        mappings: [],
      },
      {
        verdict: whileJudged(ofCandidate('flipgate_gate_rule_verdict', ofGate), gate),
        value: whileJudged(ofCandidate('flipgate_gate_rule_value', ofGate), gate),
        limit: whileJudged(ofCandidate('flipgate_gate_rule_limit', ofGate), gate),
      },
    ),
    table(
      {
        title: 'How the rules pass',
        description: 'On which side of its limit each passes, and whether the gate counts it.',
        noValue: 'NO FRESH VERDICT',
      },
      { rule: whileJudged(ofCandidate('flipgate_gate_rule_info', ofGate), gate) },
    ),
    table(
      {
        title: 'What was judged',
        description: 'The verdict is about this artifact, gold set, embedder and policy.',
        noValue: 'NO FRESH VERDICT',
      },
      { judged: whileJudged(ofCandidate('flipgate_gate_info', ofGate), gate) },
    ),
    table(
      {
        title: 'What the arm reports',
        description: 'Its artifact and versions now.',
        noValue: 'NOT REPORTED',
        width: 24,
        height: 5,
      },
      { reported: whileReported(series('flipgate_arm_info')) },
    ),
    table(
      {
        title: 'Who is who',
        description: 'The roles of the configuration: every panel and every rule goes by them.',
        noValue: 'NO ROLES: CLOSED',
        width: 24,
        height: 5,
      },
      { role: series('flipgate_arm_role_info') },
    ),
    timeline(
      {
        title: 'Decisions',
        description: 'The gate and its rules over time; a gap is no fresh evidence.',
        noValue: 'NO RULES LOADED',
        mappings: [verdictMapping],
        width: 24,
      },
      { gate: decision, '{{rule}}': whileJudged(ofCandidate('flipgate_gate_rule_verdict', ofGate), gate) },
    ),
  ],
};
