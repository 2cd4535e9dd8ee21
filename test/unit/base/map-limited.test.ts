import { setImmediate as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapLimited } from '../../../src/base/map-limited.ts';

test('the results stand in the order of the items, and only a few are under way at a time', async () => {
  let [now, most] = [0, 0];
  const items = Array.from({ length: 500 }, (_, index) => index);
  const results = await mapLimited(items, async (item) => {
    now += 1;
    most = Math.max(most, now);
    await later();
    now -= 1;
    return 2 * item;
  });
  expect(results).toEqual(items.map((item) => 2 * item));
  expect(most).toBe(32);
});

test('the first error is what it rejects with', async () => {
  const work = async (item: number): Promise<number> => {
    if (item === 2) throw new Error('two');
    return item;
  };
  await expect(mapLimited([1, 2, 3], work)).rejects.toThrow('two');
  expect(await mapLimited([], work)).toEqual([]);
});
