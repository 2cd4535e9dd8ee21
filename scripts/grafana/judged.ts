import { block, inRole, series, within } from './promql.ts';
import { history, maxAge, maxReportAge } from './settings.ts';

const gate = 'acceptance';
const verdict = series('flipgate_gate_verdict', { gate });
const evaluated = series('flipgate_gate_evaluated_timestamp_seconds', { gate });

/** A fail or an error of the acceptance gate, on fresh evidence. */
export const failedExpression = `max by (arm) ${block(
  [`${verdict} == -1`, ...within(evaluated, maxAge.acceptance), inRole('candidate')].join('\nand on (arm) '),
)}`;

/** A verdict whose time is missing, no number, ahead, or old; one older than a day is history. */
export const staleExpression = `group by (arm) (${verdict} and on (arm) ${inRole('candidate')})
unless on (arm)
  ${block(
    [`count by (arm) (${evaluated}) == 1`, ...within(evaluated, maxAge.acceptance)].join('\nand on (arm) '),
  ).replaceAll('\n', '\n  ')}
unless on (arm)
  (time() - ${evaluated} > ${history})`;

const seen = series('flipgate_arm_seen_timestamp_seconds');
const reported = `(${[series('flipgate_arm_info'), ...within(seen, maxReportAge)].join('\n  and on (arm) ')})`;

/** What the candidate reports now is not what a gate judged. */
export const changedExpression = `max by (gate, arm) (
  (${series('flipgate_gate_info')}
    unless on (gate, arm) (time() - ${series('flipgate_gate_evaluated_timestamp_seconds')} > ${history}))
  and on (arm) ${inRole('candidate')}
  and on (arm) ${reported}
  unless on (arm, artifact) ${reported}
)`;
