import { block, series, within } from './promql.ts';
import { lastWord, maxAge } from './settings.ts';

/** Under confirmation: a flip that is over, or that a person holds, or that nobody ever watched, needs no evidence. */
const onCandidate = series('flipgate_pointer_info', { role: 'candidate', confirmed: 'open' });
const lastSeen = (selector: string): string => `max_over_time(timestamp(${selector})[${lastWord}s:5s])`;
const lately = (selector: string): string => `last_over_time(${selector}[${lastWord}s])`;
const whenDue = (selector: string): string =>
  `last_over_time(${selector}[${lastWord}s] offset ${maxAge.watch}s)`;

/**
 * The newest word about the pointer says candidate (a scrape's worth of words at once count as one), and the same generation already did when the
 * evidence should have come.
 */
const pointerOnCandidate = `max by (pointer, generation) (${lastSeen(onCandidate)})
  >= on (pointer) group_left () (max by (pointer) (${lastSeen(series('flipgate_pointer_info'))}) - 15)
and on (pointer, generation)
  ${whenDue(onCandidate)}`;

/** Nothing but 0 says that no watch goes on, and it has to have gone on for as long as evidence may take. Who observes the baseline moves nothing. */
const active = series('flipgate_watch_active');
const watchGoesOn = `min_over_time((${lately(active)})[${maxAge.watch}s:5s]) != 0
and on (arm)
  ${whenDue(active)} != 0
unless on (arm)
  ${lately(series('flipgate_arm_role_info', { role: 'baseline' }))}`;

const evidence = lately(series('flipgate_watch_last_sample_timestamp_seconds'));

/** The arms of which every newest evidence is fresh. */
const seen = block(`count by (arm) (${evidence})
== count by (arm) (${within(evidence, maxAge.watch).join(' and ')})`);
const candidateSeen = block(`${seen}
and on (arm)
${lately(series('flipgate_arm_role_info', { role: 'candidate' }))}`);

export const blindExpression = [
  `count${block(`(${pointerOnCandidate})\nunless on ()\n${candidateSeen}`)}`,
  `count${block(`(${watchGoesOn})\nunless on (arm)\n${seen}`)}`,
].join('\nor\n');
