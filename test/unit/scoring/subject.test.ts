import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeParts,
  differences,
  missingParts,
  partSha256,
  planSha256,
  subjectParts,
  type Subject,
  type SubjectPart,
} from '../../../src/scoring/subject.ts';

const names = Object.keys(subjectParts) as readonly SubjectPart[]; // the keys of the constant
const hash = fc.constantFrom('a', 'b', 'c');
const subject = fc.record(Object.fromEntries(names.map((name) => [name, hash])), { requiredKeys: [] });
const two = fc.tuple(subject, subject) as fc.Arbitrary<[Subject, Subject]>;

describe('of any two subjects, the differences', () => {
  test('are the same the other way round', () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        expect(differences(a, b)).toEqual(differences(b, a));
      }),
    );
  });

  test('are exactly the parts that both have with other hashes, in the order of the parts', () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        const both = names.filter((name) => a[name] !== undefined && b[name] !== undefined);
        expect(differences(a, b)).toEqual(both.filter((name) => a[name] !== b[name]));
      }),
    );
  });

  test('are none with itself, and share nothing with what is missing', () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        expect(differences(a, a)).toEqual([]);
        const missing = [...missingParts(a, b), ...missingParts(b, a)];
        expect(differences(a, b).filter((part) => missing.includes(part))).toEqual([]);
      }),
    );
  });
});

test('what is missing is what only the other one has', () => {
  expect(missingParts({ view: 'a' }, { view: 'b', plan: 'c', address: 'd' })).toEqual(['address', 'plan']);
  expect(missingParts({ view: 'a' }, {})).toEqual([]);
});

test('parts stand in a sentence', () => {
  expect(describeParts([])).toBe('');
  expect(describeParts(['view'])).toBe('view');
  expect(describeParts(['address', 'scoring', 'view'])).toBe('address of the arm, scoring options and view');
});

test('a plan is what it asks, in whatever order', () => {
  const plan = { paraphrases: 3, seeds: [1, 2] };
  expect(planSha256({ ...plan, seeds: [2, 1] })).toBe(planSha256(plan));
  expect(planSha256({ ...plan, limit: undefined })).toBe(planSha256(plan));
  const others = [
    { ...plan, seeds: [1, 2, 3] },
    { ...plan, paraphrases: 2 },
    { ...plan, limit: 5 },
    { ...plan, tag: 'x' },
  ];
  expect(new Set([plan, ...others].map((one) => planSha256(one))).size).toBe(5);
});

test('a hash does not depend on the order of keys', () => {
  expect(partSha256({ a: 1, b: 2 })).toBe(partSha256({ b: 2, a: 1 }));
});
