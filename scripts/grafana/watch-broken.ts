import { failedOnEvidence } from './breach.ts';
import { block, inRole, series, within } from './promql.ts';
import { lastWord, maxAge } from './settings.ts';

const gate = 'watch';
const verdict = series('flipgate_gate_verdict', { gate });
const evaluated = series('flipgate_gate_evaluated_timestamp_seconds', { gate });
const fresh = within(evaluated, maxAge.watch).join(' and ');

/** The candidate's verdict is no word about it: an error, void, by sight alone, or not fresh. One that failed on evidence is for `FlipgateBreach`. */
const broken = block(`(
  (${verdict} unless ${verdict} >= 0)
  or
  (${verdict} unless (${fresh}))
)
unless on (arm) ${failedOnEvidence}
and on (arm) ${inRole('candidate')}`);

/** Now, and already when the evidence should have come. */
const standing = (selector: string): string =>
  `(${selector} != 0 and ${selector} offset ${maxAge.watch}s != 0)`;
const onCandidate = standing(series('flipgate_pointer_info', { role: 'candidate', confirmed: 'open' }));
const watched = standing(series('flipgate_watch_active'));
const anyWord = `(count(${series('flipgate_pointer_info')}) or count(${series('flipgate_watch_active')}))`;

/** A flip is under confirmation or a watch goes on; where neither is known, somebody judged a window not long ago. */
const expected = block(`(${verdict} and on () (count(${onCandidate}) or count(${watched})))
or
((time() - ${evaluated} <= ${lastWord}) unless on () ${anyWord})`);

export const watchBrokenExpression = `max by (arm) ${block(`${broken}\nand on (arm) ${expected}`)}`;
