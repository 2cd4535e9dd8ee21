import { appendEvent } from '../../src/store/event-log.ts';

/** A process that appends events until it is killed, and tells the number of each when it was written. */
const [file = '', from = '0', kind] = process.argv.slice(2);
const clock = { now: () => Date.now(), monotonic: () => performance.now() / 1000 };
const { signal } = new AbortController();
const options = kind === 'chained' ? { chained: { clock, limitSeconds: 60, signal } } : {};
for (let number = Number(from); ; number += 1) {
  await appendEvent(file, { number }, options);
  process.stdout.write(`${number}\n`);
}
