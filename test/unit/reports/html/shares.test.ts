import { expect, test } from 'vitest';
import { wholePercent } from '../../../../src/reports/html/client/shares.ts';

test.each([
  [0, '0 %'],
  [1 / 320, '<1 %'],
  [0.005, '1 %'],
  [0.5, '50 %'],
  [0.994, '99 %'],
  [319 / 320, '>99 %'],
  [1, '100 %'],
])('a share of %d reads %s', (share, text) => {
  expect(wholePercent(share)).toBe(text);
});
