import { fires, quiet, type AlertCase, type Firing } from './alert-case.ts';
import { offPointer } from './blind-cases.ts';
import {
  arms,
  about,
  always,
  drilled,
  drillSeconds,
  evaluated,
  notANumber,
  now,
  reported,
  seen,
  verdict,
  watching,
} from './world.ts';

/** What the acceptance gate said, and whether it still holds. */
export const judged: readonly AlertCase[] = [
  fires('FlipgateAcceptanceFailed', 'the gate fails', { [verdict('acceptance')]: always(-1) }),
  quiet('the gate is inconclusive', { [verdict('acceptance')]: always(0) }),
  fires('FlipgateEvidenceStale', 'an expired verdict is stale, not failed', {
    [verdict('acceptance')]: always(-1),
    [evaluated('acceptance')]: always(-3600),
  }),
  fires('FlipgateEvidenceStale', 'too old', { [evaluated('acceptance')]: always(now - 1180) }),
  fires('FlipgateEvidenceStale', 'from the future', { [evaluated('acceptance')]: always(now + 100) }),
  fires('FlipgateEvidenceStale', 'no number', { [evaluated('acceptance')]: notANumber }),
  fires('FlipgateEvidenceStale', 'no time', { [evaluated('acceptance')]: undefined }),
  quiet('evidence of the day before yesterday', {
    [verdict('acceptance')]: always(-1),
    [evaluated('acceptance')]: always(now - 90_000),
  }),
  quiet('no verdict', { [verdict('acceptance')]: undefined, [evaluated('acceptance')]: undefined }),
  {
    name: 'FlipgateArmChanged: another artifact',
    changes: { [reported()]: undefined, [reported('a2')]: always(1) },
    fires: { FlipgateArmChanged: [{ labels: { gate: 'acceptance' } }, { labels: { gate: 'watch' } }] },
  },
  fires(
    'FlipgateArmChanged',
    'for one gate',
    { [about('watch')]: undefined, [about('watch', 'a0')]: always(1) },
    { labels: { gate: 'watch' } },
  ),
  quiet('another artifact long ago', {
    [reported()]: undefined,
    [reported('a2')]: always(1),
    [evaluated('acceptance')]: always(now - 90_000),
    [evaluated('watch')]: always(now - 90_000),
    ...offPointer,
    [watching]: undefined,
  }),
  quiet('another artifact in a report that is too old', {
    [reported()]: undefined,
    [reported('a2')]: always(1),
    [seen()]: always(now - 90),
  }),
  quiet('no report', { [reported()]: undefined, [seen()]: undefined }),
  quiet('the other arm is another artifact', {
    [reported('a2', arms.baseline)]: always(1),
    [seen(arms.baseline)]: always(now - 10),
  }),
];

const ofPointer: Firing = { labels: { pointer: 'service' } };
/** Drills of the way back. */
export const drills: readonly AlertCase[] = [
  fires('FlipgateDrillStale', 'older than a day', { [drilled]: always(now - 90_000) }, ofPointer),
  fires('FlipgateDrillStale', 'in the future', { [drilled]: always(now + 3600) }, ofPointer),
  fires('FlipgateDrillStale', 'took too long', { [drillSeconds]: always(121) }, ofPointer),
  fires('FlipgateDrillStale', 'never one that was verified', { [drilled]: undefined }, ofPointer),
  fires('FlipgateDrillStale', 'never one', { [drilled]: undefined, [drillSeconds]: undefined }, ofPointer),
  fires('FlipgateDrillStale', 'no number', { [drilled]: notANumber }, ofPointer),
  quiet('no pointer and no drill', { ...offPointer, [drilled]: undefined, [drillSeconds]: undefined }),
];
