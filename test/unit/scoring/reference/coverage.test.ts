import { expect, test } from 'vitest';
import type { Snippet } from '../../../../src/scoring/answer.ts';
import { prepareAnchors } from '../../../../src/scoring/coverage/anchors.ts';
import { coverage } from '../../../../src/scoring/coverage/coverage.ts';
import type { Anchor } from '../../../../src/plan/gold-set.ts';
import { expectClose, referenceCases } from './fixtures.ts';

interface Input {
  readonly anchors: readonly Anchor[];
  readonly snippets: readonly Snippet[];
  readonly documents: Readonly<Record<string, string>>;
}

interface Expected {
  readonly coverage: number;
  readonly findings: readonly string[];
}

const cases = referenceCases<Input, Expected>('coverage');

function measure({ anchors, snippets, documents }: Input): unknown {
  const { mode, findings, ...rest } = coverage(
    prepareAnchors(anchors, new Map(Object.entries(documents))),
    snippets,
  );
  return { ...rest, coverage_mode: mode, findings: findings.map(({ code }) => code) };
}

test.each(cases)('coverage: $name', ({ input, expected }) => {
  expectClose(measure(input), expected);
});

test.each(cases)('coverage does not depend on the order of the snippets: $name', ({ input }) => {
  expect(measure({ ...input, snippets: [...input.snippets].reverse() })).toEqual(measure(input));
});
