import { fires, quiet, type AlertCase, type Firing } from './alert-case.ts';
import {
  always,
  arms,
  evaluated,
  infoOf,
  notANumber,
  now,
  ofRule,
  pointer,
  renewed,
  roleOf,
  sampled,
  scraped,
  step,
  turned,
  vanished,
  verdict,
  watching,
  type Input,
} from './world.ts';

const breach = 'FlipgateBreach';
const coverageVerdict = ofRule('verdict', 'watch', 'coverage');
const coverageValue = ofRule('value', 'watch', 'coverage');
const stopped: Input = {
  [verdict('watch')]: always(-1),
  [coverageVerdict]: always(-1),
  [coverageValue]: always(0.5),
};
const ofCoverage: Firing = { labels: { rule: 'coverage' }, value: 0.5 };

interface Failed {
  readonly value: number;
  readonly limit: number;
  readonly direction?: string;
  readonly severity?: string;
}

/** A rule of the watch that its exporter calls failed, in a gate that failed. */
const failed = (rule: string, { value, limit, direction, severity }: Failed): Input => ({
  [verdict('watch')]: always(-1),
  [ofRule('verdict', 'watch', rule)]: always(-1),
  [ofRule('value', 'watch', rule)]: always(value),
  [ofRule('limit', 'watch', rule)]: always(limit),
  ...(direction !== undefined && { [infoOf(rule, direction, severity)]: always(1) }),
});
const ofOwn = (value: number): Firing => ({ labels: { rule: 'own_rule' }, value });

const lately = (input: Input): Input =>
  Object.fromEntries(
    Object.entries(input).map(([series, values]) => [
      series,
      values?.replace(/x\d+$/u, `x${(now - 75) / step - 1} stale`),
    ]),
  );

/** A stop rule failed on evidence. */
const onEvidence: readonly AlertCase[] = [
  fires(breach, 'a stop rule failed', stopped, ofCoverage),
  fires(
    breach,
    'two exporters say so, once',
    {
      ...stopped,
      ...Object.fromEntries(
        (['verdict', 'value', 'limit'] as const).map((what) => [
          scraped(
            `flipgate_gate_rule_${what}`,
            { gate: 'watch', arm: arms.candidate, rule: 'coverage' },
            'b',
          ),
          always({ verdict: -1, value: 0.4, limit: 0.6 }[what]),
        ]),
      ),
      [verdict('watch', 'b')]: always(-1),
      [evaluated('watch', 'b')]: always(now - 60),
    },
    ofCoverage,
  ),
  fires(
    breach,
    'the verdict of the gate is missing',
    { ...stopped, [verdict('watch')]: undefined },
    ofCoverage,
  ),
  fires(
    breach,
    'a rule of the configuration',
    failed('own_rule', { value: 5, limit: 4, direction: 'at_most' }),
    ofOwn(5),
  ),
  fires(
    breach,
    'a rule of which no direction is known, above',
    failed('own_rule', { value: 5, limit: 4 }),
    ofOwn(5),
  ),
  fires(
    breach,
    'a rule of which no direction is known, below',
    failed('own_rule', { value: 3, limit: 4 }),
    ofOwn(3),
  ),
  fires(
    breach,
    'the stop rule beside a warning',
    { ...stopped, ...failed('own_rule', { value: 5, limit: 4, direction: 'at_most', severity: 'warn' }) },
    ofCoverage,
  ),
];

/** The verdict of the gate fails and nothing was proved: a page, and nobody is rolled back. */
const unproved = (name: string, changes: Input): AlertCase =>
  fires('FlipgateWatchBroken', name, { [verdict('watch')]: always(-1), ...changes });

/** It only looks like a breach. */
const onNone: readonly AlertCase[] = [
  quiet('a stop rule that is not decided', { [verdict('watch')]: always(0), [coverageVerdict]: always(0) }),
  quiet('a warning is no stop', {
    ...failed('own_rule', { value: 5, limit: 4, direction: 'at_most', severity: 'warn' }),
    [verdict('watch')]: always(1),
  }),
  quiet('a rule that failed in a gate that passes', {
    ...failed('own_rule', { value: 5, limit: 4, direction: 'at_most' }),
    [verdict('watch')]: always(1),
  }),
  unproved('a warning beside blindness', {
    ...failed('own_rule', { value: 5, limit: 4, direction: 'at_most', severity: 'warn' }),
    [ofRule('verdict', 'watch', 'blind')]: always(-1),
  }),
  unproved('the gate fails without a rule that failed', {}),
  unproved('a void verdict: its rules are -1 and have no values', {
    [coverageVerdict]: always(-1),
    [coverageValue]: undefined,
    [ofRule('verdict', 'watch', 'blind')]: always(-1),
    [ofRule('value', 'watch', 'blind')]: undefined,
  }),
  unproved('a value that is within its limit', { [coverageVerdict]: always(-1) }),
  unproved('a value at its limit', { [coverageVerdict]: always(-1), [coverageValue]: always(0.6) }),
  unproved(
    'a value on the good side of its limit',
    failed('own_rule', { value: 3, limit: 4, direction: 'at_most' }),
  ),
  unproved('a value that is no number', { [coverageVerdict]: always(-1), [coverageValue]: notANumber }),
  unproved('a limit that is no number', {
    ...stopped,
    [ofRule('limit', 'watch', 'coverage')]: notANumber,
  }),
  unproved('a value without a limit', { ...stopped, [ofRule('limit', 'watch', 'coverage')]: undefined }),
  unproved('a value beyond the limit in a rule that is not decided', {
    ...stopped,
    [coverageVerdict]: always(0),
  }),
  unproved('a waived rule has no verdict', {
    [coverageVerdict]: undefined,
    [ofRule('limit', 'watch', 'coverage')]: undefined,
    [coverageValue]: always(0.1),
  }),
  quiet('the stop rule of the other arm', {
    ...Object.fromEntries(
      (['verdict', 'value', 'limit'] as const).map((what) => [
        scraped(`flipgate_gate_rule_${what}`, { gate: 'watch', arm: arms.baseline, rule: 'coverage' }),
        always({ verdict: -1, value: 0.1, limit: 0.6 }[what]),
      ]),
    ),
    [scraped('flipgate_gate_verdict', { gate: 'watch', arm: arms.baseline })]: always(-1),
    [scraped('flipgate_gate_evaluated_timestamp_seconds', { gate: 'watch', arm: arms.baseline })]: always(
      now - 60,
    ),
  }),
  quiet('the stop rule of an arm that nobody calls the candidate', {
    ...stopped,
    [roleOf('candidate', arms.candidate)]: undefined,
    [pointer('candidate', '4')]: undefined,
    [watching]: undefined,
  }),
  quiet('a breach on old evidence is no breach any more', {
    ...stopped,
    [evaluated('watch')]: always(now - 900),
  }),
  quiet('a breach whose exporter vanished: nobody is there to act, and it fires again when that is back', {
    ...vanished(75),
    ...lately({ ...stopped, [sampled]: renewed(15) }),
  }),
  quiet('a breach before newer evidence that is well', {
    [verdict('watch')]: turned(-1, 15, 1),
    [coverageVerdict]: turned(-1, 15, 1),
    [coverageValue]: turned(0.5, 15, 0.9),
  }),
  quiet('a breach from the future', { ...stopped, [evaluated('watch')]: always(now + 31) }),
];

export const breaches: readonly AlertCase[] = [...onEvidence, ...onNone];
