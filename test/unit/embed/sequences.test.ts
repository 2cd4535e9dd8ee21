import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf, isTooLong, sequencesOf, type Sequence } from '../../../src/embed/sequences.ts';

const frame = { prefix: [101], suffix: [102], window: 256, maxWindows: 256 };
const tokensOf = (sequences: readonly Sequence[]): readonly number[][] =>
  sequences.map(({ tokens }) => [...tokens]);

describe('the sequences of a text', () => {
  it('are the special tokens alone for an empty one', () => {
    expect(tokensOf(sequencesOf(0, [], frame))).toEqual([[101, 102]]);
  });

  it('are windows of 254 tokens with the special tokens around each, the last one at the end', () => {
    const tokens = Array.from({ length: 300 }, (_, index) => index + 1000);
    expect(tokensOf(sequencesOf(3, tokens, frame))).toEqual([
      [101, ...tokens.slice(0, 254), 102],
      [101, ...tokens.slice(46), 102],
    ]);
  });
});

describe('a text of more windows than are embedded', () => {
  const few = { ...frame, maxWindows: 2 };
  const tokens = Array.from({ length: 700 }, (_, index) => index + 1000);

  it('has the first of them', () => {
    expect(tokensOf(sequencesOf(0, tokens, few))).toEqual([
      [101, ...tokens.slice(0, 254), 102],
      [101, ...tokens.slice(127, 381), 102],
    ]);
  });

  it('is known by its tokens', () => {
    expect([254, 381, 382, 700].map((length) => isTooLong(length, few))).toEqual([false, false, true, true]);
  });
});

describe('batches', () => {
  it('hold every sequence once, of one length each, and not more tokens than allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 100 }),
        (lengths, most) => {
          const sequences = lengths.map((length, text) => ({ text, tokens: new Int32Array(length) }));
          const batches = batchesOf(sequences, most);
          expect(batches.flat().toSorted((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
          for (const batch of batches) {
            expect(new Set(batch.map((index) => lengths[index])).size).toBe(1);
            const tokens = batch.reduce((sum, index) => sum + (lengths[index] ?? 0), 0);
            expect(batch.length === 1 || tokens <= most).toBe(true);
          }
        },
      ),
    );
  });
});
