import type { Clock } from '../../src/base/world.ts';

/** The clock of this machine. */
export const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() / 1000 };
