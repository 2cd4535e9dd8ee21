import { fires, quiet, type AlertCase } from './alert-case.ts';
import {
  always,
  build,
  notANumber,
  now,
  ofRule,
  pointer,
  sampled,
  scraped,
  since,
  turned,
  until,
  up,
  vanished,
  verdict,
  watching,
} from './world.ts';

const blind = 'FlipgateBlind';
const old = { [sampled]: always(now - 121) };
const unwatched = { [watching]: undefined };
export const offPointer = { [pointer('green', '4')]: undefined };
const onBlue = { [pointer('green', '4')]: until(300, 1), [pointer('blue', '5')]: since(300, 1) };

/** Whether somebody sees what the candidate does. */
export const sight: readonly AlertCase[] = [
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
  fires(blind, 'the watch says so itself', {
    [ofRule('verdict', 'watch', 'blind')]: always(-1),
    [verdict('watch')]: always(-1),
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
    [pointer('blue', '3')]: always(1),
  }),
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
/** The exporter is gone. */
export const gone: readonly AlertCase[] = [
  {
    name: 'the exporter vanished while the pointer is on the candidate',
    changes: vanished(180, { [sampled]: until(180, now - 180) }),
    fires: { ...exporterDown, [blind]: [{}] },
  },
  {
    name: 'the exporter vanished long ago while the pointer was on the candidate',
    changes: vanished(600),
    fires: exporterDown,
  },
  {
    name: 'the exporter vanished long ago, its evidence with it',
    changes: vanished(600, { [sampled]: until(600, now - 610) }),
    fires: { ...exporterDown, [blind]: [{}] },
  },
  {
    name: 'the exporter vanished while the pointer was on the other arm',
    changes: vanished(180, {
      ...unwatched,
      ...offPointer,
      [pointer('blue', '3')]: until(180, 1),
      [sampled]: until(180, now - 600),
    }),
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
  {
    name: 'one of two targets is down',
    changes: { [scraped('up', {}, 'b')]: always(0) },
    fires: exporterDown,
  },
  quiet('a target of another job is down', { 'up{job="other",instance="c"}': always(0) }),
];
