import { expect, test } from 'vitest';
import { sha256 } from '../../../../src/base/canonical.ts';
import type { Anchor } from '../../../../src/plan/gold-set.ts';
import { createLambdaTally, lambdaStanding } from '../../../../src/scoring/lambda/tally.ts';
import { inPlanOrder } from '../../../../src/plan/order.ts';
import { stabilityOf } from '../../../../src/scoring/lambda/question-stability.ts';
import type { CallLine, ScoreLine } from '../../../../src/scoring/record.ts';
import { defaultScoring } from '../../../../src/scoring/scoring-options.ts';
import { seedHasNoEffect, seedPairs } from '../../../../src/scoring/lambda/seed-effect.ts';
import { callLine } from '../call-lines.ts';
import { expectClose, referenceCases } from './fixtures.ts';

interface ReferenceCall extends Pick<CallLine, 'question' | 'phrasing' | 'seed' | 'outcome'> {
  readonly answer?: string;
  readonly refused?: boolean;
  readonly tool_loop?: boolean;
  readonly coverage?: number;
  readonly retrieved?: readonly { readonly snippet_id: string; readonly section_id: string }[];
  readonly citations?: readonly string[];
}

interface ReferenceQuestion {
  readonly id: string;
  readonly answerable: boolean;
  readonly anchors: readonly Anchor[];
}

interface Input {
  readonly answers: boolean;
  readonly cites: boolean;
  readonly questions: readonly ReferenceQuestion[];
  readonly calls: readonly ReferenceCall[];
  readonly vectors?: Readonly<Record<string, readonly number[]>>;
}

const looping = Array.from({ length: 3 }, () => ({ name: 'search', arguments: { q: 'x' } }));

function lineOf({ coverage: _, tool_loop: loops, retrieved, ...call }: ReferenceCall): CallLine {
  return callLine({
    ...call,
    ...(loops === true && { tool_calls: looping }),
    ...(retrieved && { retrieved: retrieved.map((snippet) => ({ ...snippet, text_sha256: 'x' })) }),
  });
}

function scoresOf(question: ReferenceQuestion, input: Input): ScoreLine[] {
  const calls = inPlanOrder(input.calls.filter((call) => call.question === question.id));
  const anchors = question.anchors.map((anchor) => ({ ...anchor, text: '' }));
  const stability = stabilityOf(
    calls.map((call) => ({ call: lineOf(call), coverage: call.coverage })),
    {
      question: { answerable: question.answerable, anchors },
      answers: input.answers,
      options: { ...defaultScoring, cites: input.cites },
      vectorOf: (text) => Float32Array.from(input.vectors?.[text] ?? []),
    },
  );
  return calls.map((call, index) => ({
    question: call.question,
    phrasing: call.phrasing,
    seed: call.seed,
    key: '',
    ...stability[index],
  }));
}

test.each(referenceCases<Input, object>('lambda'))('λ: $name', ({ input, expected }) => {
  const tally = createLambdaTally();
  const scored = input.questions.map((question) => ({ question, scores: scoresOf(question, input) }));
  for (const { question, scores } of scored) tally.add(question.answerable, scores);
  const withStanding = (standing: string): string[] =>
    scored
      .filter(({ question, scores }) => lambdaStanding(question.answerable, scores) === standing)
      .map(({ question }) => question.id);
  expectClose(
    {
      calls: scored.flatMap(({ scores }) => scores.map(({ key: _, ...score }) => score)),
      ...tally.end(),
      errored: withStanding('errored'),
      skipped: withStanding('skipped'),
    },
    expected,
  );
});

interface SeedCall extends Pick<CallLine, 'question' | 'phrasing' | 'seed' | 'outcome'> {
  readonly answer?: string;
  readonly retrieved_texts?: readonly string[];
}

test.each(referenceCases<{ calls: SeedCall[] }, object>('seed-effect'))(
  'seeds: $name',
  ({ input, expected }) => {
    const lines = input.calls.map(({ retrieved_texts: texts = [], ...call }) =>
      callLine({ ...call, retrieved: texts.map((text) => ({ text_sha256: sha256(text) })) }),
    );
    const ofQuestions = [...new Set(lines.map(({ question }) => question))].map((id) =>
      seedPairs(lines.filter(({ question }) => question === id)),
    );
    const total = { pairs: 0, same: 0 };
    for (const { pairs, same } of ofQuestions) {
      total.pairs += pairs;
      total.same += same;
    }
    expect({ ...total, seed_without_effect: seedHasNoEffect(total) }).toEqual(expected);
  },
);
