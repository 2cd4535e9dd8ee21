import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, nowhere, parseAddress } from '../../../../src/reports/html/client/address.ts';
import { questionAddress } from '../../../../src/reports/html/addresses.ts';

const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed());
const flag = fc.boolean();
const address = fc.record({
  question: fc.option(
    text.filter((value) => value !== ''),
    { nil: undefined },
  ),
  phrasing: fc.option(fc.nat({ max: 999 }), { nil: undefined }),
  seed: fc.option(fc.maxSafeInteger(), { nil: undefined }),
  search: text,
  tag: text,
  state: text,
  worse: flag,
  flips: flag,
  faults: flag,
  page: fc.integer({ min: 1, max: 1e6 }),
});

test('an address says again what it was made of', () => {
  fc.assert(
    fc.property(address, (value) => {
      expect(parseAddress(hashOf(value))).toEqual(value);
    }),
  );
});

test('a part of the page is no address of a question', () => {
  expect(parseAddress('#definition-coverage')).toBeUndefined();
  expect(parseAddress('')).toBeUndefined();
});

test('nonsense in an address is as if it were not there', () => {
  expect(parseAddress('#?page=-3&phrasing=x&seed=1e9&other=1')).toEqual({
    ...nowhere,
    question: undefined,
    phrasing: undefined,
    seed: undefined,
  });
});

test('the links of the charts are addresses', () => {
  expect(parseAddress(questionAddress('Q & 7#'))).toMatchObject({ question: 'Q & 7#' });
});
