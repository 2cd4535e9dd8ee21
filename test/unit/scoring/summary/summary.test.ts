import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../src/base/canonical.ts';
import type { CallLine } from '../../../../src/scoring/record.ts';
import { scoreQuestion } from '../../../../src/scoring/score-question.ts';
import { defaultScoring } from '../../../../src/scoring/scoring-options.ts';
import { createSummary } from '../../../../src/scoring/summary/summary.ts';
import type { RunSummary, SummaryOptions } from '../../../../src/scoring/summary/summary.ts';
import { callLine, faultLine, goldQuestion, textStore } from '../call-lines.ts';

const texts = ['one two three four five six', 'seven eight nine ten eleven'];
const anchor = { section_id: 's1', source_url: 'a.md', text: texts[0] ?? '' };
const question = goldQuestion({ anchors: [anchor], paraphrases: ['And how?'] });
const options: SummaryOptions = {
  view: 'best',
  toolLoop: defaultScoring.toolLoop,
  phrasings: 2,
  questions: [question],
};
const snippets = texts.map((text, index) => ({
  snippet_id: `S_${index}`,
  section_id: `s${index + 1}`,
  text_sha256: sha256(text),
}));
const versions = { INDEX_HASH: '1', EMBED_SCHEMA: '2', RERANK_CONF: '3', PROMPT_VER: '4', MODEL_VER: '5' };

function vectorOf(text: string): Float32Array {
  const hash = sha256(text);
  return Float32Array.from(
    { length: 8 },
    (_, index) => Number.parseInt(hash.slice(index * 2, index * 2 + 2), 16) - 100,
  );
}

function scoresOf(calls: readonly CallLine[]) {
  const phrasings = [question.question, ...question.paraphrases];
  return scoreQuestion({
    question,
    phrasings,
    calls,
    answers: true,
    textOf: textStore(texts),
    vectorOf,
    options: defaultScoring,
    documents: new Map(),
  });
}

function summarise(calls: readonly CallLine[], more: Partial<SummaryOptions> = {}): RunSummary {
  const builder = createSummary({ ...options, ...more });
  builder.add(question, calls, scoresOf(calls));
  return builder.end(calls.length);
}

const cells = [0, 1].flatMap((phrasing) => [1, 2].map((seed) => ({ phrasing, seed })));
const anyCall = fc.record({
  outcome: fc.constantFrom('ok', 'ok', 'ok', 'timeout', 'status'),
  answer: fc.constantFrom('yes', 'no', '', 'I do not know.'),
  retrieved: fc.subarray(snippets),
  latency: fc.record({ total: fc.double() }),
  side_effects: fc.double(),
} satisfies Partial<Record<keyof CallLine, fc.Arbitrary<unknown>>>);
const anyCalls = fc
  .tuple(anyCall, anyCall, anyCall, anyCall)
  .map((calls) => calls.map((call, index) => callLine({ ...cells[index], ...call })));

describe('scores', () => {
  test('and summary are the same bytes in any order of arrival', () => {
    fc.assert(
      fc.property(anyCalls, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (calls, order) => {
        const shuffled = order.flatMap((index) => calls[index] ?? []);
        expect(JSON.stringify(scoresOf(shuffled))).toBe(JSON.stringify(scoresOf(calls)));
        expect(JSON.stringify(summarise(shuffled))).toBe(JSON.stringify(summarise(calls)));
      }),
      { seed: 1 },
    );
  });

  test('have no numbers but finite ones, whatever the arm reported', () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const summary = JSON.stringify(summarise(calls), (_, value: unknown) => {
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
          return value;
        });
        expect(summary).not.toContain('NaN');
      }),
      { seed: 2 },
    );
  });

  test('flip in no pair exactly when all states are the same', () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const scores = scoresOf(calls);
        const { lambda, questions } = summarise(calls).summary;
        if (questions?.judged !== 1) return;
        expect(lambda?.flip.all === 0).toBe(new Set(scores.map(({ state }) => state)).size === 1);
      }),
      { seed: 3 },
    );
  });

  test('of a fault are its state alone', () => {
    const [score] = scoresOf([faultLine({ key: 'k' })]);
    expect(score).toEqual({ question: 'Q_1', phrasing: 0, seed: 1, key: 'k', state: 'backward' });
  });

  test('of an answer without snippets are coverage 0, no distance to the question, and backward', () => {
    const [score] = scoresOf([callLine({ answer: 'yes', retrieved: [] })]);
    expect(score).toMatchObject({ coverage: 0, state: 'backward' });
    expect(score).not.toHaveProperty('question_retrieved');
    expect(score).not.toHaveProperty('coverage_mode');
  });
});

const answered = (overrides: Partial<CallLine>): CallLine =>
  callLine({ answer: 'yes', retrieved: [snippets[0] ?? { text_sha256: '' }], versions, ...overrides });

describe('ranking metrics', () => {
  const elsewhere = { ...question, id: 'Q_2', anchors: [{ section_id: 's9', text: 'elsewhere' }] };
  const retrieving = (section_id: string): RunSummary =>
    summarise(
      [answered({ retrieved: [{ ...snippets[0], section_id, text_sha256: sha256(texts[0] ?? '') }] })],
      {
        questions: [question, elsewhere],
      },
    );
  const never = expect.objectContaining({ code: 'sections_never_match' }) as unknown;

  test('are not measured where no section is one of the gold set, and the record says so', () => {
    const { summary, findings } = retrieving('doc-17#3');
    expect(summary).not.toHaveProperty('retrieval');
    expect(findings).toContainEqual({ code: 'sections_never_match', count: 1 });
  });

  test('are 0 where a section is one of the gold set, and be it another question’s', () => {
    const { summary, findings } = retrieving('s9');
    expect(summary.retrieval).toMatchObject({ n: 1, recall_at_5: 0 });
    expect(findings).not.toContainEqual(never);
  });

  test('are 0 where nothing was retrieved', () => {
    const { summary, findings } = summarise([answered({ retrieved: [] })]);
    expect(summary.retrieval).toMatchObject({ n: 1, recall_at_5: 0 });
    expect(findings).not.toContainEqual(never);
  });
});

test('a cost of which a part is not known is none', () => {
  const prices = { inputPerMillion: 1, outputPerMillion: 2 };
  const costOf = (usage: object, priced = prices): unknown =>
    summarise([answered({ usage })], { prices: priced }).summary.cost;
  expect(costOf({ input_tokens: 1e6, output_tokens: 1e6 })).toMatchObject({ total: 3 });
  expect(costOf({ input_tokens: 1e6 })).toBeUndefined();
  expect(costOf({ input_tokens: 1e6 }, { ...prices, outputPerMillion: 0 })).toMatchObject({ total: 1 });
});

describe('a summary', () => {
  test('of nothing has no rates and no parts', () => {
    expect(createSummary(options).end(0)).toEqual({
      summary: {
        calls: {
          planned: 0,
          ok: 0,
          network: 0,
          timeout: 0,
          status: 0,
          shape: 0,
          server_errors: 0,
          retried: 0,
          paced: 0,
        },
        latency: {},
        tool_loops: 0,
        side_effects: 0,
        dedupe_hits: 0,
      },
      findings: [],
      artifacts: [],
    });
  });

  test('without scores has calls and latency, and no distance, coverage or λ', () => {
    const builder = createSummary(options);
    builder.add(question, [answered({ latency: { total: 0.2 } })], undefined);
    const { summary } = builder.end(1);
    expect(summary.latency).toEqual({ total: { n: 1, mean: 0.2, p50: 0.2, p95: 0.2, p99: 0.2 } });
    for (const part of ['questions', 'semantic_distance', 'coverage', 'lambda'])
      expect(summary).not.toHaveProperty(part);
  });

  test('counts a call that needed a retry as faulted, without a latency sample', () => {
    const { summary } = summarise([
      answered({ retried: true, latency: { total: 9 } }),
      answered({ seed: 2, latency: { total: 1 } }),
    ]);
    expect(summary).toMatchObject({
      calls: { ok: 2, retried: 1 },
      error_rate: 0.5,
      latency: { total: { n: 1, mean: 1 } },
    });
  });

  test('counts 5xx apart from other statuses', () => {
    const { summary } = summarise([
      faultLine({ outcome: 'status', status: 503 }),
      faultLine({ seed: 2, outcome: 'status', status: 404 }),
    ]);
    expect(summary).toMatchObject({
      calls: { status: 2, server_errors: 1 },
      error_rate: 1,
      server_error_rate: 0.5,
    });
  });

  test('has null for a phrasing without a value', () => {
    const { summary } = summarise([answered({})], { phrasings: 3 });
    expect(summary.semantic_distance?.question_retrieved?.by_phrasing).toEqual([
      expect.any(Number),
      null,
      null,
    ]);
    expect(summary.semantic_distance?.question_retrieved).not.toHaveProperty('worst_phrasing');
  });

  test('leaves out usage that no call reported, and counts what some did', () => {
    expect(summarise([answered({})]).summary).not.toHaveProperty('usage');
    const { summary } = summarise([
      answered({ usage: { input_tokens: 10 } }),
      answered({ seed: 2, usage: { input_tokens: 5 } }),
    ]);
    expect(summary.usage).toEqual({ input_tokens: 15 });
  });

  test('has the cost in all and per converged answer where prices are configured', () => {
    const usage = { input_tokens: 1_000_000, output_tokens: 500_000 };
    const { summary } = summarise([answered({ usage }), answered({ seed: 2, usage })], {
      prices: { inputPerMillion: 1, outputPerMillion: 4 },
    });
    expect(summary.cost).toEqual({ total: 6, per_converged_answer: 3 });
  });

  test('leaves out retrieval quality of an arm that never names a section', () => {
    const { section_id: _, ...bare } = snippets[0] ?? { text_sha256: '' };
    expect(summarise([answered({ retrieved: [bare] })]).summary).not.toHaveProperty('retrieval');
  });
});

describe('findings', () => {
  test('count the calls that lack a version field or a snippet field', () => {
    const { RERANK_CONF: _, ...partial } = versions;
    const { findings } = summarise([
      answered({ versions: partial }),
      answered({ seed: 2, answer: 'no' }),
      faultLine({ phrasing: 1 }),
    ]);
    expect(findings).toEqual([
      { code: 'snippet_field_missing', field: 'offsets', count: 2 },
      { code: 'snippet_field_missing', field: 'source_url', count: 2 },
      { code: 'snippet_field_missing', field: 'tokens', count: 2 },
      { code: 'version_missing', field: 'RERANK_CONF', count: 1 },
    ]);
  });

  test('count a call once, whether the arm, the scores or both found it', () => {
    const retrieved = [{ ...snippets[0], offsets: [9, 3] as const, text_sha256: sha256(texts[0] ?? '') }];
    const { findings } = summarise([
      answered({ retrieved, findings: [{ code: 'offsets_invalid' }, { code: 'offsets_invalid' }] }),
    ]);
    expect(findings.filter(({ code }) => code === 'offsets_invalid')).toEqual([
      { code: 'offsets_invalid', count: 1 },
    ]);
  });

  test('tell of seeds that change nothing', () => {
    expect(summarise([answered({}), answered({ seed: 2 })]).findings).toContainEqual({
      code: 'seed_without_effect',
      count: 1,
    });
    expect(
      summarise([answered({}), answered({ seed: 2, answer: 'no' })]).findings.map(({ code }) => code),
    ).not.toContain('seed_without_effect');
  });
});

test('artifacts come with their counts, the most frequent first, from answered calls alone', () => {
  const other = { ...versions, INDEX_HASH: '9' };
  const { artifacts } = summarise([
    answered({ versions: other }),
    answered({ seed: 2 }),
    answered({ phrasing: 1 }),
    faultLine({ phrasing: 1, seed: 2 }),
  ]);
  expect(artifacts.map(({ INDEX_HASH, complete, count }) => ({ INDEX_HASH, complete, count }))).toEqual([
    { INDEX_HASH: '1', complete: true, count: 2 },
    { INDEX_HASH: '9', complete: true, count: 1 },
  ]);
});
