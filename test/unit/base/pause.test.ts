import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { pause } from '../../../src/base/pause.ts';
import { limitTime } from '../../../src/base/time-limit.ts';

test('many pauses on one signal are one listener, and end at once when it says stop', async () => {
  const stop = new AbortController();
  const pauses = Array.from({ length: 50 }, () => pause(3600, stop.signal));
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  stop.abort();
  await Promise.all(pauses);
  await pause(3600, stop.signal);
});

test('a pause ends by itself', async () => {
  await pause(0.001, new AbortController().signal);
});

test('a time limit ends when the time is over, when its signal does, and not at all once it is let go of', async () => {
  const stop = new AbortController();
  const short = limitTime(stop.signal, 1);
  await new Promise((resolve) => short.signal.addEventListener('abort', resolve));
  const [held, released] = [limitTime(stop.signal, 3_600_000), limitTime(stop.signal, 3_600_000)];
  released.done();
  stop.abort();
  expect([held.signal.aborted, released.signal.aborted]).toEqual([true, false]);
  expect(limitTime(stop.signal, 3_600_000).signal.aborted).toBe(true);
});
