import type { GateName } from '../settings.ts';
import {
  arms,
  about,
  always,
  evaluated,
  notANumber,
  now,
  reported,
  roleOf,
  scraped,
  seen,
  since,
  turned,
  until,
  vanished,
  verdict,
  type Input,
} from './world.ts';

/** What both gates decide in a world that differs from the healthy one. */
export interface DecisionCase {
  readonly name: string;
  readonly changes: (gate: GateName) => Input;
  readonly decides: number;
}

const replica = '127.0.0.1:9999';
const gate = (name: string, decides: number, changes: DecisionCase['changes']): DecisionCase => ({
  name,
  changes,
  decides,
});

const verdicts: readonly DecisionCase[] = [
  gate('a fresh pass about what the arm reports', 1, () => ({})),
  gate('inconclusive', 0, (of) => ({ [verdict(of)]: always(0) })),
  gate('fail', -1, (of) => ({ [verdict(of)]: always(-1) })),
  gate('no verdict', -1, (of) => ({ [verdict(of)]: undefined })),
  gate('a verdict that is no number', -1, (of) => ({ [verdict(of)]: notANumber })),
  gate('a verdict that is neither of the three', -1, (of) => ({ [verdict(of)]: always(0.5) })),
  gate('a verdict above 1', -1, (of) => ({ [verdict(of)]: always(2) })),
  gate('two verdicts that agree', -1, (of) => ({ [verdict(of, replica)]: always(1) })),
  gate('two verdicts that differ', -1, (of) => ({ [verdict(of, replica)]: always(-1) })),
  gate('a second verdict that is no number', -1, (of) => ({ [verdict(of, replica)]: notANumber })),
  gate('a verdict of another gate only', -1, (of) => ({
    [verdict(of)]: undefined,
    [scraped('flipgate_gate_verdict', { gate: 'other', arm: arms.candidate })]: always(1),
  })),
  gate('a verdict on the other arm only', -1, (of) => ({
    [verdict(of)]: undefined,
    [scraped('flipgate_gate_verdict', { gate: of, arm: arms.baseline })]: always(1),
  })),
  gate('the other arm beside it', 1, (of) => ({
    [scraped('flipgate_gate_verdict', { gate: of, arm: arms.baseline })]: always(-1),
  })),
  gate('a pass that turned into a fail just now', -1, (of) => ({ [verdict(of)]: turned(1, 0, -1) })),
];

const times: readonly DecisionCase[] = [
  gate('no time', -1, (of) => ({ [evaluated(of)]: undefined })),
  gate('a time that is no number', -1, (of) => ({ [evaluated(of)]: notANumber })),
  gate('a time born 0', -1, (of) => ({ [evaluated(of)]: always(0) })),
  gate('gauges born 0', -1, (of) => ({ [verdict(of)]: always(0), [evaluated(of)]: always(0) })),
  gate('evidence as old as is allowed', 1, (of) => ({
    [evaluated(of)]: always(now - (of === 'acceptance' ? 900 : 120)),
  })),
  gate('evidence one second too old', -1, (of) => ({
    [evaluated(of)]: always(now - (of === 'acceptance' ? 901 : 121)),
  })),
  gate('inconclusive and too old', -1, (of) => ({
    [verdict(of)]: always(0),
    [evaluated(of)]: always(now - 901),
  })),
  gate('a clock that is a little ahead', 1, (of) => ({ [evaluated(of)]: always(now + 30) })),
  gate('a time in the future', -1, (of) => ({ [evaluated(of)]: always(now + 31) })),
  gate('a time far in the future', -1, (of) => ({ [evaluated(of)]: always(99_999_999) })),
  gate('milliseconds in place of seconds', -1, (of) => ({ [evaluated(of)]: always(1000 * (now - 60)) })),
  gate('two times', -1, (of) => ({ [evaluated(of, replica)]: always(now - 60) })),
];

const subjects: readonly DecisionCase[] = [
  gate('no word of what the verdict is about', -1, (of) => ({ [about(of)]: undefined })),
  gate('a verdict about two things', -1, (of) => ({ [about(of, 'a2')]: always(1) })),
  gate('a verdict about an artifact without a name, and so is the arm', -1, (of) => ({
    [about(of)]: undefined,
    [about(of, '')]: always(1),
    [reported()]: undefined,
    [reported('')]: always(1),
  })),
  gate('the arm reports another artifact', -1, () => ({
    [reported()]: undefined,
    [reported('a2')]: always(1),
  })),
  gate('inconclusive about another artifact', -1, (of) => ({
    [verdict(of)]: always(0),
    [reported()]: undefined,
    [reported('a2')]: always(1),
  })),
  gate('the arm reports two artifacts', -1, () => ({ [reported('a2')]: always(1) })),
  gate('the arm changed just now', -1, () => ({
    [reported()]: until(15, 1),
    [reported('a2')]: since(15, 1),
  })),
  gate('the arm reports nothing', 0, () => ({ [reported()]: undefined, [seen()]: undefined })),
  gate('the arm reports nothing any more', 0, () => ({
    [reported()]: until(60, 1),
    [seen()]: until(60, now - 60),
  })),
  gate('inconclusive where the arm reports nothing', 0, (of) => ({
    [verdict(of)]: always(0),
    [reported()]: undefined,
    [seen()]: undefined,
  })),
  gate('fail where the arm reports nothing', -1, (of) => ({
    [verdict(of)]: always(-1),
    [reported()]: undefined,
    [seen()]: undefined,
  })),
  gate('stale where the arm reports nothing', -1, (of) => ({
    [evaluated(of)]: always(now - 901),
    [reported()]: undefined,
    [seen()]: undefined,
  })),
  gate('only the other arm reports', 0, () => ({
    [reported()]: undefined,
    [seen()]: undefined,
    [reported('a1', arms.baseline)]: always(1),
    [seen(arms.baseline)]: always(now - 10),
  })),
  gate('a report without a time', -1, () => ({ [seen()]: undefined })),
  gate('a report as old as is allowed', 1, () => ({ [seen()]: always(now - 60) })),
  gate('a report that is too old', -1, () => ({ [seen()]: always(now - 61) })),
  gate('a report from the future', -1, () => ({ [seen()]: always(now + 31) })),
  gate('two times of a report', -1, () => ({
    [scraped('flipgate_arm_seen_timestamp_seconds', { arm: arms.candidate }, replica)]: always(now - 10),
  })),
  gate('inconclusive with two times of a report', -1, (of) => ({
    [verdict(of)]: always(0),
    [scraped('flipgate_arm_seen_timestamp_seconds', { arm: arms.candidate }, replica)]: always(now - 10),
  })),
  gate('a report whose time is no number', -1, () => ({ [seen()]: notANumber })),
  gate('a report that is 0', -1, () => ({ [reported()]: always(0) })),
];

const roles: readonly DecisionCase[] = [
  gate('nobody is the candidate', -1, () => ({ [roleOf('candidate', arms.candidate)]: undefined })),
  gate('the other arm is the candidate', -1, () => ({
    [roleOf('candidate', arms.candidate)]: undefined,
    [roleOf('candidate', arms.baseline)]: always(1),
  })),
  gate('two candidates', -1, () => ({ [roleOf('candidate', 'v3')]: always(1) })),
  gate('two exporters that name the same candidate', 1, () => ({
    [roleOf('candidate', arms.candidate, replica)]: always(1),
  })),
  gate('a role that is 0', -1, () => ({ [roleOf('candidate', arms.candidate)]: always(0) })),
  gate('a role that is no number', -1, () => ({ [roleOf('candidate', arms.candidate)]: notANumber })),
  gate('the roles turned just now', -1, () => ({
    [roleOf('candidate', arms.candidate)]: until(15, 1),
    [roleOf('candidate', arms.baseline)]: since(15, 1),
  })),
  gate('nobody is the baseline', 1, () => ({ [roleOf('baseline', arms.baseline)]: undefined })),
];

const exporters: readonly DecisionCase[] = [
  gate('the exporter is gone since a scrape', -1, () => vanished(15)),
  gate('a pass came back after a gap', 1, (of) => ({ [verdict(of)]: since(15, 1) })),
];

export const decisionCases: readonly DecisionCase[] = [
  ...verdicts,
  ...times,
  ...subjects,
  ...roles,
  ...exporters,
];
