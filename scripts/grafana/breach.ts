import { block, inRole, series, within } from './promql.ts';
import { maxAge } from './settings.ts';

const gate = 'watch';
/** Whatever `blind` says is no number of the candidate's: that is for the alerts about sight. */
const ofRules = { gate, rule: '!=blind' };
const value = series('flipgate_gate_rule_value', ofRules);
const limit = series('flipgate_gate_rule_limit', ofRules);
const info = (label: 'direction' | 'severity', text: string): string =>
  `ignoring (direction, severity) ${series('flipgate_gate_rule_info', { gate, [label]: text })}`;

/**
 * The stop rules that failed on evidence, of each exporter: its verdict says so, and the value that it judged is there and beyond the limit. An
 * exporter shows no value of a verdict that is an error, void, expired or superseded. A rule of which no direction is known may be beyond on either side.
 */
export const failedOnEvidence = block(`(
  (${value} > ${limit} unless ${info('direction', 'at_least')})
  or
  (${value} < ${limit} unless ${info('direction', 'at_most')})
)
and ${series('flipgate_gate_rule_verdict', ofRules)} == -1
unless ${info('severity', 'warn')}
unless ignoring (rule) ${series('flipgate_gate_verdict', { gate })} > -1`);

const evaluated = series('flipgate_gate_evaluated_timestamp_seconds', { gate });

/** One series for each stop rule that failed on the candidate, on fresh evidence. */
export const breachExpression = `max by (arm, rule) ${block(
  [
    failedOnEvidence,
    ...within(evaluated, maxAge.watch).map((fresh) => `and ignoring (rule) ${fresh}`),
    `and on (arm) ${inRole('candidate')}`,
  ].join('\n'),
)}`;
