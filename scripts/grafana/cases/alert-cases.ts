import {
  about,
  always,
  build,
  drilled,
  drillSeconds,
  evaluated,
  notANumber,
  now,
  ofRule,
  pointer,
  reported,
  sampled,
  scraped,
  seen,
  since,
  turned,
  until,
  up,
  vanished,
  verdict,
  watching,
  type Input,
} from './world.ts';

/** One alert that fires: its labels beside those of its rule, and its value where its text shows it. */
export interface Firing {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
}

export interface AlertCase {
  readonly name: string;
  readonly changes: Input;
  /** Whatever is not named here, and is not the dead man's switch, must be silent. */
  readonly fires: Readonly<Record<string, readonly Firing[]>>;
}

const quiet = (name: string, changes: Input): AlertCase => ({ name, changes, fires: {} });
type Named = readonly [name: string, changes: Input, firing?: Firing];
const fires = (alert: string, ...[name, changes, firing = {}]: Named): AlertCase => ({
  name: `${alert}: ${name}`,
  changes,
  fires: { [alert]: [firing] },
});

const coverageVerdict = ofRule('verdict', 'watch', 'coverage');
const stopped: Input = {
  [verdict('watch')]: always(-1),
  [coverageVerdict]: always(-1),
  [ofRule('value', 'watch', 'coverage')]: always(0.5),
};
const ofCoverage: Firing = { labels: { rule: 'coverage' }, value: 0.5 };

const breaches: readonly AlertCase[] = [
  fires('FlipgateBreach', 'a stop rule failed', stopped, ofCoverage),
  fires(
    'FlipgateBreach',
    'two exporters say so, once',
    {
      ...stopped,
      [scraped('flipgate_gate_rule_verdict', { gate: 'watch', arm: 'green', rule: 'coverage' }, 'b')]: always(-1),
      [scraped('flipgate_gate_rule_value', { gate: 'watch', arm: 'green', rule: 'coverage' }, 'b')]: always(0.4),
    },
    ofCoverage,
  ),
  fires('FlipgateBreach', 'the verdict of the gate is missing', { ...stopped, [verdict('watch')]: undefined }, ofCoverage),
  fires(
    'FlipgateBreach',
    'a rule of the configuration failed',
    { [ofRule('verdict', 'watch', 'own_rule')]: always(-1), [ofRule('value', 'watch', 'own_rule')]: always(0.5) },
    { labels: { rule: 'own_rule' }, value: 0.5 },
  ),
  quiet('a stop rule that is not decided', { [verdict('watch')]: always(0), [coverageVerdict]: always(0) }),
  quiet('a warning is no stop', {
    [ofRule('verdict', 'watch', 'latency_p95_warning')]: always(-1),
    [ofRule('value', 'watch', 'latency_p95_warning')]: always(1.3),
  }),
  quiet('the gate fails without a rule that failed', { [verdict('watch')]: always(-1) }),
  quiet('a rule that could not be judged', {
    [verdict('watch')]: always(-1),
    [coverageVerdict]: always(-1),
    [ofRule('value', 'watch', 'coverage')]: undefined,
  }),
  quiet('a waived rule has no verdict', {
    [coverageVerdict]: undefined,
    [ofRule('limit', 'watch', 'coverage')]: undefined,
    [ofRule('value', 'watch', 'coverage')]: always(0.1),
  }),
  quiet('the stop rule of the other arm', {
    [scraped('flipgate_gate_rule_verdict', { gate: 'watch', arm: 'blue', rule: 'coverage' })]: always(-1),
    [scraped('flipgate_gate_rule_value', { gate: 'watch', arm: 'blue', rule: 'coverage' })]: always(0.1),
  }),
  quiet('a breach on old evidence is for the blind alert', { ...stopped, [evaluated('watch')]: always(now - 900) }),
  quiet('a breach from the future', { ...stopped, [evaluated('watch')]: always(now + 31) }),
  fires(
    'FlipgateBreach',
    'it outlives the exporter for a while',
    { ...stopped, [coverageVerdict]: `${always(-1).replace(/x\d+$/u, 'x75')} stale` },
    ofCoverage,
  ),
];

const blind = 'FlipgateBlind';
const old = { [sampled]: always(now - 121) };
const unwatched = { [watching]: undefined };
const offPointer = { [pointer('green', '4')]: undefined };
const onBlue = { [pointer('green', '4')]: until(300, 1), [pointer('blue', '5')]: since(300, 1) };

const sight: readonly AlertCase[] = [
  quiet('everything is as it should be', {}),
  quiet('evidence as old as is allowed', { [sampled]: always(now - 120) }),
  fires(blind, 'no evidence for too long', old),
  fires(blind, 'on the pointer alone', { ...old, ...unwatched }),
  fires(blind, 'on the watch alone', { ...old, ...offPointer }),
  fires(blind, 'never any evidence', { [sampled]: undefined }),
  fires(blind, 'evidence from the future', { [sampled]: always(now + 31) }),
  fires(blind, 'a time that is no number', { [sampled]: notANumber }),
  fires(blind, 'one of two watchers has none', {
    [scraped('flipgate_watch_last_sample_timestamp_seconds', { arm: 'green' }, 'b')]: always(now - 500),
  }),
  fires(blind, 'the watch says so itself', { [ofRule('verdict', 'watch', 'blind')]: always(-1), [verdict('watch')]: always(-1) }),
  fires(blind, 'a watch of which no number says whether it goes on', { ...old, ...offPointer, [watching]: notANumber }),
  fires(blind, 'the watch ended and the pointer stays', { ...old, [watching]: turned(1, 300, 0) }),
  quiet('nobody watches and the pointer is on the other arm', { ...old, ...unwatched, ...offPointer, [pointer('blue', '3')]: always(1) }),
  quiet('no pointer and no watch', { ...old, ...unwatched, ...offPointer }),
  quiet('the pointer went back and the watch ended', { ...old, ...onBlue, [watching]: turned(1, 300, 0) }),
  quiet('only the other arm is watched', {
    [sampled]: undefined,
    ...unwatched,
    ...offPointer,
    [scraped('flipgate_watch_active', { arm: 'blue' })]: always(1),
  }),
  quiet('the flip was just now', {
    [sampled]: undefined,
    ...unwatched,
    [pointer('blue', '3')]: until(90, 1),
    [pointer('green', '4')]: since(90, 1),
  }),
  quiet('the watch began just now', { [sampled]: undefined, ...offPointer, [watching]: since(90, 1) }),
  quiet('a second flip just now', {
    [sampled]: undefined,
    ...unwatched,
    [pointer('green', '4')]: until(300, 1),
    [pointer('blue', '5')]: `_x60 1+0x13 stale`,
    [pointer('green', '6')]: since(90, 1),
  }),
  fires(blind, 'the flip was long enough ago', {
    [sampled]: undefined,
    ...unwatched,
    [pointer('blue', '3')]: until(180, 1),
    [pointer('green', '4')]: since(180, 1),
  }),
];

const exporterDown = { FlipgateExporterDown: [{}] };
const gone: readonly AlertCase[] = [
  {
    name: 'the exporter vanished while the pointer is on the candidate',
    changes: vanished(180, { [sampled]: until(180, now - 180) }),
    fires: { ...exporterDown, [blind]: [{}] },
  },
  { name: 'the exporter vanished long ago while the pointer was on the candidate', changes: vanished(600), fires: exporterDown },
  {
    name: 'the exporter vanished long ago, its evidence with it',
    changes: vanished(600, { [sampled]: until(600, now - 610) }),
    fires: { ...exporterDown, [blind]: [{}] },
  },
  {
    name: 'the exporter vanished while the pointer was on the other arm',
    changes: vanished(180, { ...unwatched, ...offPointer, [pointer('blue', '3')]: until(180, 1), [sampled]: until(180, now - 600) }),
    fires: exporterDown,
  },
  {
    name: 'the exporter vanished after the way back',
    changes: vanished(180, {
      [watching]: `1+0x55 0+0x10 stale`,
      [pointer('green', '4')]: `1+0x55 stale`,
      [pointer('blue', '5')]: `_x56 1+0x10 stale`,
      [sampled]: until(180, now - 600),
    }),
    fires: exporterDown,
  },
  { name: 'no target is known', changes: { [up]: undefined }, fires: exporterDown },
  { name: 'the target answers with something else', changes: { [build]: undefined }, fires: exporterDown },
  { name: 'one of two targets is down', changes: { [scraped('up', {}, 'b')]: always(0) }, fires: exporterDown },
  quiet('a target of another job is down', { 'up{job="other",instance="c"}': always(0) }),
];

const judged: readonly AlertCase[] = [
  fires('FlipgateAcceptanceFailed', 'the gate fails', { [verdict('acceptance')]: always(-1) }),
  quiet('the gate is inconclusive', { [verdict('acceptance')]: always(0) }),
  fires('FlipgateEvidenceStale', 'an expired verdict is stale, not failed', {
    [verdict('acceptance')]: always(-1),
    [evaluated('acceptance')]: always(-3600),
  }),
  fires('FlipgateEvidenceStale', 'too old', { [evaluated('acceptance')]: always(now - 1000) }),
  fires('FlipgateEvidenceStale', 'from the future', { [evaluated('acceptance')]: always(now + 100) }),
  fires('FlipgateEvidenceStale', 'no number', { [evaluated('acceptance')]: notANumber }),
  fires('FlipgateEvidenceStale', 'no time', { [evaluated('acceptance')]: undefined }),
  quiet('evidence of the day before yesterday', { [verdict('acceptance')]: always(-1), [evaluated('acceptance')]: always(now - 90_000) }),
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
  }),
  quiet('another artifact in a report that is too old', {
    [reported()]: undefined,
    [reported('a2')]: always(1),
    [seen()]: always(now - 90),
  }),
  quiet('no report', { [reported()]: undefined, [seen()]: undefined }),
  quiet('the other arm is another artifact', { [reported('a2', 'blue')]: always(1), [seen('blue')]: always(now - 10) }),
];

const ofPointer: Firing = { labels: { pointer: 'service' } };
const drills: readonly AlertCase[] = [
  fires('FlipgateDrillStale', 'older than a day', { [drilled]: always(now - 90_000) }, ofPointer),
  fires('FlipgateDrillStale', 'in the future', { [drilled]: always(now + 3600) }, ofPointer),
  fires('FlipgateDrillStale', 'took too long', { [drillSeconds]: always(121) }, ofPointer),
  fires('FlipgateDrillStale', 'never one that was verified', { [drilled]: undefined }, ofPointer),
  fires('FlipgateDrillStale', 'never one', { [drilled]: undefined, [drillSeconds]: undefined }, ofPointer),
  fires('FlipgateDrillStale', 'no number', { [drilled]: notANumber }, ofPointer),
  quiet('no pointer and no drill', { ...offPointer, [drilled]: undefined, [drillSeconds]: undefined }),
];

export const alertCases: readonly AlertCase[] = [...breaches, ...sight, ...gone, ...judged, ...drills];
