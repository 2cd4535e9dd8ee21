import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  differingIds,
  fingerprintsOf,
  goldCanonical,
  goldSha256,
  type RawQuestion,
} from '../../../src/gold/identity.ts';
import { root } from './small-sets.ts';

interface GoldCase {
  readonly name: string;
  readonly input: { readonly kind: string; readonly questions: readonly RawQuestion[] };
  readonly expected: { readonly canonical: string; readonly sha256: string };
}

const file = path.join(root, 'test/fixtures/reference/identity.json');
const cases = (JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldCase[] }).cases.filter(
  ({ input }) => input.kind === 'gold',
);

describe('the canonical form agrees with the independent implementation', () => {
  test('there are cases', () => expect(cases.length).toBeGreaterThanOrEqual(6));

  test.each(cases)('$name', ({ input, expected }) => {
    expect(goldCanonical(input.questions)).toBe(expected.canonical);
    expect(goldSha256(input.questions)).toBe(expected.sha256);
  });
});

test('the order of questions and of keys does not matter', () => {
  const a = { id: 'Q_1', question: 'What?', owner: 'ops' };
  const b = { id: 'Q_2', question: 'Which?' };
  expect(goldSha256([b, a])).toBe(goldSha256([{ owner: 'ops', question: 'What?', id: 'Q_1' }, b]));
});

test('differing ids are those that changed or stand in one set only, sorted', () => {
  const before = fingerprintsOf([
    { id: 'Q_2', question: 'Which?' },
    { id: 'Q_1', question: 'What?' },
    { id: 'Q_3', question: 'Who?' },
  ]);
  const after = fingerprintsOf([
    { id: 'Q_4', question: 'Why?' },
    { id: 'Q_2', question: 'Which one?' },
    { id: 'Q_1', question: 'What?', tags: [] },
  ]);
  expect(differingIds(before, after)).toEqual(['Q_2', 'Q_3', 'Q_4']);
});
