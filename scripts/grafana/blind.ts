import { block, series, within } from './promql.ts';
import { arms, lastWord, maxAge } from './settings.ts';

const arm = arms.candidate;
const lastSeen = (target?: string): string =>
  `max_over_time(timestamp(${series('flipgate_pointer_info', target === undefined ? {} : { target })})[${lastWord}:5s])`;

/**
 * The newest word about the pointer says candidate (a scrape's worth of words at once count as one), and the same generation already did when the
 * evidence should have come.
 */
const pointerOnCandidate = `max by (pointer, generation) (${lastSeen(arm)})
  >= on (pointer) group_left () (max by (pointer) (${lastSeen()}) - 15)
and on (pointer, generation)
  last_over_time(${series('flipgate_pointer_info', { target: arm })}[${lastWord}] offset ${maxAge.watch}s)`;

const active = series('flipgate_watch_active', { arm });
const lastActive = `last_over_time(${active}[${lastWord}])`;

/** Nothing but 0 says that no watch goes on, and it has to have gone on for as long as evidence may take. */
const watchGoesOn = `min_over_time((${lastActive})[${maxAge.watch}s:5s]) != 0
and on (arm)
  last_over_time(${active}[${lastWord}] offset ${maxAge.watch}s) != 0`;

const evidence = `last_over_time(${series('flipgate_watch_last_sample_timestamp_seconds', { arm })}[${lastWord}])`;
const [notOld, notAhead] = within(evidence, maxAge.watch);

/** Every newest evidence is fresh, and the watch does not call itself blind. */
const seeing = `(count(${evidence})
  == count(${notOld} and ${notAhead}))
unless on ()
  (${series('flipgate_gate_rule_verdict', { gate: 'watch', arm, rule: 'blind' })} == -1)`;

export const blindExpression = `${block(`count(\n  ${pointerOnCandidate.replaceAll('\n', '\n  ')}\n)\nor\ncount(\n  ${watchGoesOn.replaceAll('\n', '\n  ')}\n)`)}
unless on ()
${block(seeing)}`;
