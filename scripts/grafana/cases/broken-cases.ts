import { fires, quiet, type AlertCase } from './alert-case.ts';
import {
  always,
  arms,
  evaluated,
  now,
  pointer,
  sampled,
  scraped,
  since,
  verdict,
  watching,
  type Input,
} from './world.ts';

const broken = 'FlipgateWatchBroken';
const isVoid = { [verdict('watch')]: always(-1) };
const old = { [evaluated('watch')]: always(now - 400) };
const unwatched = { [watching]: undefined };
const onBaseline: Input = { [pointer('candidate', '4')]: undefined, [pointer('baseline', '3')]: always(1) };
const noPointer = { [pointer('candidate', '4')]: undefined };

/** The watch has no verdict that holds, and one is expected. */
export const brokenWatches: readonly AlertCase[] = [
  fires(broken, 'a void verdict while pointer and watch are known', isVoid),
  fires(broken, 'a void verdict while the pointer alone is known', { ...isVoid, ...unwatched }),
  fires(broken, 'a void verdict while the watch alone is known', { ...isVoid, ...noPointer }),
  fires(broken, 'a void verdict where neither is known', { ...isVoid, ...noPointer, ...unwatched }),
  fires(broken, 'a verdict that is not fresh, where neither is known', {
    ...old,
    [sampled]: always(now - 400),
    ...noPointer,
    ...unwatched,
  }),
  fires(broken, 'a verdict from the future', { [evaluated('watch')]: always(now + 31) }),
  quiet('a verdict that is inconclusive', { [verdict('watch')]: always(0) }),
  quiet('a void verdict of a watch that ended', { ...isVoid, ...noPointer, [watching]: always(0) }),
  quiet('a void verdict while the pointer is on the baseline', { ...isVoid, ...onBaseline, ...unwatched }),
  quiet('a void verdict after a flip that is final', {
    ...isVoid,
    ...unwatched,
    ...noPointer,
    [pointer('candidate', '4', 'final')]: always(1),
  }),
  quiet('a void verdict of long ago, where neither is known', {
    ...isVoid,
    ...noPointer,
    ...unwatched,
    [evaluated('watch')]: always(now - 901),
  }),
  quiet('a void verdict of the last watch, and the flip was just now', {
    ...isVoid,
    ...unwatched,
    ...noPointer,
    [pointer('candidate', '6')]: since(90, 1),
    [sampled]: always(now - 9000),
  }),
  quiet('a verdict that turned void just now', { [verdict('watch')]: `1+0x${(now - 45) / 15} -1+0x2` }),
  quiet('a void verdict on the other arm', {
    [scraped('flipgate_gate_verdict', { gate: 'watch', arm: arms.baseline })]: always(-1),
  }),
  quiet('nobody ever judged a window', {
    [verdict('watch')]: undefined,
    [evaluated('watch')]: undefined,
    ...noPointer,
    ...unwatched,
  }),
];
