import { fires, quiet, type AlertCase } from './alert-case.ts';
import {
  arms,
  always,
  build,
  notANumber,
  now,
  ofRule,
  pointer,
  renewed,
  roleOf,
  sampled,
  scraped,
  since,
  turned,
  until,
  up,
  vanished,
  verdict,
  watching,
  type Input,
} from './world.ts';

const blind = 'FlipgateBlind';
const old = { [sampled]: always(now - 121) };
const unwatched = { [watching]: undefined };
export const offPointer = { [pointer('candidate', '4')]: undefined };
const confirmedAs = (confirmed: string): Input => ({
  ...offPointer,
  [pointer('candidate', '4', confirmed)]: always(1),
});
const onBaseline = { [pointer('candidate', '4')]: until(300, 1), [pointer('baseline', '5')]: since(300, 1) };

/** Whether somebody sees what the candidate does. */
export const sight: readonly AlertCase[] = [
  quiet('everything is as it should be', {}),
  quiet('evidence as old as is allowed', { [sampled]: renewed(120) }),
  fires(blind, 'no evidence for too long', old),
  fires(blind, 'on the pointer alone', { ...old, ...unwatched }),
  fires(blind, 'on the watch alone', { ...old, ...offPointer }),
  fires(blind, 'never any evidence', { [sampled]: undefined }),
  fires(blind, 'evidence from the future', { [sampled]: always(now + 31) }),
  fires(blind, 'a time that is no number', { [sampled]: notANumber }),
  fires(blind, 'one of two watchers has none', {
    [scraped('flipgate_watch_last_sample_timestamp_seconds', { arm: arms.candidate }, 'b')]: always(
      now - 500,
    ),
  }),
  {
    name: 'FlipgateBlind: a watch whose windows decide nothing, and a pointer that is known',
    changes: { ...old, [ofRule('verdict', 'watch', 'blind')]: always(-1), [verdict('watch')]: always(-1) },
    fires: { [blind]: [{}], FlipgateWatchBroken: [{}] },
  },
  fires('FlipgateWatchBroken', 'windows that decide nothing while no pointer and no watch is known', {
    ...old,
    ...unwatched,
    ...offPointer,
    [ofRule('verdict', 'watch', 'blind')]: always(-1),
    [verdict('watch')]: always(-1),
  }),
  fires('FlipgateWatchBroken', 'a void verdict on fresh evidence is no blindness', {
    [ofRule('verdict', 'watch', 'blind')]: always(-1),
    [verdict('watch')]: always(-1),
  }),
  quiet('a flip that a person holds', { ...old, ...unwatched, ...confirmedAs('held') }),
  quiet('a flip that is final', { ...old, ...unwatched, ...confirmedAs('final') }),
  quiet('a flip that nobody ever watched', { ...old, ...unwatched, ...confirmedAs('none') }),
  quiet('the roles turned', {
    ...old,
    ...unwatched,
    ...offPointer,
    [pointer('baseline', '4')]: always(1),
    [roleOf('candidate', arms.candidate)]: undefined,
    [roleOf('baseline', arms.baseline)]: undefined,
    [roleOf('candidate', arms.baseline)]: always(1),
    [roleOf('baseline', arms.candidate)]: always(1),
  }),
  fires(blind, 'nobody has a role', {
    ...old,
    [roleOf('candidate', arms.candidate)]: undefined,
    [roleOf('baseline', arms.baseline)]: undefined,
  }),
  quiet('old evidence of the other arm', {
    [scraped('flipgate_watch_last_sample_timestamp_seconds', { arm: arms.baseline })]: always(now - 9000),
  }),
  fires(blind, 'fresh evidence of the other arm', {
    ...old,
    [scraped('flipgate_watch_last_sample_timestamp_seconds', { arm: arms.baseline })]: always(now - 10),
  }),
  fires(blind, 'a watch of which no number says whether it goes on', {
    ...old,
    ...offPointer,
    [watching]: notANumber,
  }),
  fires(blind, 'the watch ended and the pointer stays', { ...old, [watching]: turned(1, 300, 0) }),
  quiet('nobody watches and the pointer is on the other arm', {
    ...old,
    ...unwatched,
    ...offPointer,
    [pointer('baseline', '3')]: always(1),
  }),
  quiet('no pointer and no watch', { ...old, ...unwatched, ...offPointer }),
  quiet('the pointer went back and the watch ended', {
    ...old,
    ...onBaseline,
    [watching]: turned(1, 300, 0),
  }),
  quiet('only the other arm is watched', {
    [sampled]: undefined,
    ...unwatched,
    ...offPointer,
    [scraped('flipgate_watch_active', { arm: arms.baseline })]: always(1),
  }),
  quiet('the flip was just now', {
    [sampled]: undefined,
    ...unwatched,
    [pointer('baseline', '3')]: until(90, 1),
    [pointer('candidate', '4')]: since(90, 1),
  }),
  quiet('the watch began just now', { [sampled]: undefined, ...offPointer, [watching]: since(90, 1) }),
  quiet('a second flip just now', {
    [sampled]: undefined,
    ...unwatched,
    [pointer('candidate', '4')]: until(300, 1),
    [pointer('baseline', '5')]: `_x60 1+0x13 stale`,
    [pointer('candidate', '6')]: since(90, 1),
  }),
  fires(blind, 'the flip was long enough ago', {
    [sampled]: undefined,
    ...unwatched,
    [pointer('baseline', '3')]: until(180, 1),
    [pointer('candidate', '4')]: since(180, 1),
  }),
];

const exporterDown = { FlipgateExporterDown: [{}] };
/** The exporter is gone. */
export const gone: readonly AlertCase[] = [
  {
    name: 'the exporter vanished while the pointer is on the candidate',
    changes: vanished(300, { [sampled]: until(300, now - 300) }),
    fires: { ...exporterDown, [blind]: [{}] },
  },
  {
    name: 'the exporter vanished long ago while the pointer was on the candidate, and evidence comes from elsewhere',
    changes: vanished(600, { [sampled]: renewed(60) }),
    fires: exporterDown,
  },
  {
    name: 'the exporter vanished long ago, its evidence with it',
    changes: vanished(600, { [sampled]: until(600, now - 610) }),
    fires: { ...exporterDown, [blind]: [{}] },
  },
  {
    name: 'the exporter vanished while the pointer was on the other arm',
    changes: vanished(300, {
      ...unwatched,
      ...offPointer,
      [pointer('baseline', '3')]: until(300, 1),
      [sampled]: until(300, now - 600),
    }),
    fires: exporterDown,
  },
  {
    name: 'the exporter vanished after the way back',
    changes: vanished(300, {
      [watching]: `1+0x40 0+0x18 stale`,
      [pointer('candidate', '4')]: `1+0x40 stale`,
      [pointer('baseline', '5')]: `_x41 1+0x18 stale`,
      [sampled]: until(300, now - 600),
    }),
    fires: exporterDown,
  },
  { name: 'no target is known', changes: { [up]: undefined }, fires: exporterDown },
  { name: 'the target answers with something else', changes: { [build]: undefined }, fires: exporterDown },
  {
    name: 'one of two targets is down',
    changes: { [scraped('up', {}, 'b')]: always(0) },
    fires: exporterDown,
  },
  quiet('a target of another job is down', { 'up{job="other",instance="c"}': always(0) }),
];
