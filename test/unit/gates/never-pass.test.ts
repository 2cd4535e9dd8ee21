import { describe, expect, test } from 'vitest';
import type { JudgeContext } from '../../../src/gates/context.ts';
import { judge } from '../../../src/gates/judge.ts';
import type { GateSettings } from '../../../src/gates/schema.ts';
import type { Verdict } from '../../../src/gates/verdict.ts';
import { stateCodes } from '../../../src/statistics/evidence/evidence.ts';
import {
  aMinuteLater,
  goldSha256,
  versionsOf,
  type EvidenceOptions,
  type PairOptions,
  repeated,
} from '../../support/evidence.ts';
import { acceptance, contextOf } from './judging.ts';

const cells = 320;
const none: readonly null[] = Array.from({ length: cells }, () => null);

/** Columns in which the calls that are `bad` are faults; those that are not are as good as can be. */
function faultsWhere(bad: (cell: number) => boolean): EvidenceOptions {
  const column = (otherwise: number): (number | null)[] =>
    Array.from({ length: cells }, (_, cell) => (bad(cell) ? null : otherwise));
  return {
    faulted: Array.from({ length: cells }, (_, cell) => Number(bad(cell))),
    questionRetrieved: column(0.1),
    coverage: column(1),
    latency: column(0.3),
    states: Array.from({ length: cells }, (_, cell) =>
      bad(cell) ? stateCodes.backward : stateCodes.convergent,
    ),
  };
}

const everyRule = acceptance().rules.map(({ name }) => name);
const inEveryRule = (settings: object): GateSettings => ({
  rules: Object.fromEntries(everyRule.map((name) => [name, settings])),
});

interface Case {
  readonly pair?: PairOptions;
  readonly more?: Partial<JudgeContext>;
  readonly settings?: GateSettings;
  readonly expected: Exclude<Verdict['verdict'], 'pass'>;
  readonly reason: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  'no data: every call is a fault': {
    pair: { candidate: { ...faultsWhere(() => true), lambda: repeated(40, 0) } },
    expected: 'error',
    reason: /nothing could be judged \(40 questions without a value\)/u,
  },
  'no data on the baseline': {
    pair: { baseline: faultsWhere(() => true) },
    expected: 'error',
    reason: /latency_p95: nothing could be judged/u,
  },
  'no ΔS': {
    pair: { candidate: { questionRetrieved: none } },
    expected: 'error',
    reason: /^semantic_distance: nothing could be judged/u,
  },
  'no coverage': {
    pair: { candidate: { coverage: none } },
    expected: 'error',
    reason: /^coverage: nothing could be judged/u,
  },
  'no latency': {
    pair: { candidate: { latency: none } },
    expected: 'error',
    reason: /^latency_p95: nothing could be judged/u,
  },
  'no states': {
    pair: { candidate: { states: none, lambda: repeated(40, 0) } },
    expected: 'error',
    reason: /^lambda_convergence: nothing could be judged/u,
  },
  'no question that has an answer': {
    pair: { candidate: { coverage: none, questionRetrieved: none, answerable: repeated(40, 0) } },
    expected: 'error',
    reason: /nothing could be judged/u,
  },
  'a run that is stale': {
    more: { now: aMinuteLater + 900_000 },
    expected: 'error',
    reason: /finished 960 s ago, more than 900 s/u,
  },
  'a baseline that is stale': {
    pair: { baseline: { finishedAt: '2026-03-01T11:00:00Z' } },
    expected: 'error',
    reason: /^the run of blue finished 3660 s ago/u,
  },
  'a run older than who asks allows': {
    more: { maxAgeSeconds: 30 },
    expected: 'error',
    reason: /finished 60 s ago, more than 30 s/u,
  },
  'an allowed age that is no number': {
    more: { maxAgeSeconds: Number.NaN },
    expected: 'error',
    reason: /finished 60 s ago/u,
  },
  'a run from the future': {
    more: { now: aMinuteLater - 120_000 },
    expected: 'error',
    reason: /finished in the future/u,
  },
  'a run without a time': {
    pair: { candidate: { finishedAt: 'lately' } },
    expected: 'error',
    reason: /does not say when it finished/u,
  },
  'another artifact than the wanted': {
    more: { wantedArtifact: 'f'.repeat(64) },
    expected: 'error',
    reason: /is about artifact [0-9a-f]{12}, asked for was f{12}/u,
  },
  'a wanted artifact, and an arm that does not say all': {
    pair: { candidate: { versions: {} } },
    more: {
      wantedArtifact: contextOf({ questions: 1, candidate: { versions: {} } }).candidate.record.artifact
        .sha256,
    },
    expected: 'error',
    reason: /\(incomplete\)/u,
  },
  'another gold set than the configured': {
    more: {
      configured: {
        gold: '0'.repeat(64),
        subjectOf: () => ({}),
        isConfigured: () => true,
        choices: { baseline: '', pins: '', plan: '' },
      },
    },
    expected: 'error',
    reason: /configured is 0{12}/u,
  },
  'another embedder on one arm': {
    pair: {
      candidate: { record: { embedder: { id: 'other', dimensions: 384, pooling: 'mean', window: 256 } } },
    },
    expected: 'error',
    reason: /scored with different embedders/u,
  },
  'half of the questions faulted, the rest better than ever': {
    pair: { candidate: faultsWhere((cell) => cell % 16 < 8) },
    expected: 'fail',
    reason: /^error_rate 0\.5 is above 0\.005/u,
  },
  'half of the questions faulted, the error rate waived': {
    pair: { candidate: faultsWhere((cell) => cell % 16 < 8) },
    settings: { rules: { error_rate: { waived: 'known' }, tool_loops: { waived: 'known' } } },
    expected: 'fail',
    reason: /^coverage 0\.5 is below 0\.7/u,
  },
  'half of the baseline faulted': {
    pair: { baseline: faultsWhere((cell) => cell % 16 < 8) },
    expected: 'fail',
    reason: /^latency_p95 .* is above 1\.15 ×/u,
  },
  'a few faults on the baseline': {
    pair: {
      baseline: {
        ...faultsWhere((cell) => cell % 32 === 0),
        latency: Array.from({ length: cells }, (_, cell) => (cell % 32 === 0 ? null : 0.6)),
      },
    },
    settings: { rules: { would_be_stopped: { waived: 'the baseline is better than it can be' } } },
    expected: 'inconclusive',
    reason: /; but 3\.1\d? % of its cells have no value, more than 2 %$/u,
  },
  'every rule waived': {
    settings: inEveryRule({ waived: 'we are in a hurry' }),
    expected: 'error',
    reason: /^every rule is waived or only warns/u,
  },
  'every rule a warning': {
    settings: { rules: { ...inEveryRule({ severity: 'warn' }).rules, rollback_drill: { waived: 'none' } } },
    expected: 'error',
    reason: /^every rule is waived or only warns/u,
  },
  'the same calls on both arms': {
    pair: { candidate: { callsSha256: 'x' }, baseline: { callsSha256: 'x' } },
    expected: 'error',
    reason: /one run was judged twice/u,
  },
  'one run as both arms': {
    pair: { candidate: { id: 'run-1' }, baseline: { id: 'run-1' } },
    expected: 'error',
    reason: /they are one run/u,
  },
  'the same artifact on both arms': {
    pair: { candidate: { versions: versionsOf('blue') } },
    expected: 'error',
    reason: /report the same artifact/u,
  },
  'a smaller plan: questions': {
    pair: { candidate: { record: { gold: { sha256: goldSha256, path: 'gold', questions: 80 } } } },
    expected: 'inconclusive',
    reason: /asked 40 questions, the gate wants 80/u,
  },
  'a smaller plan: paraphrases': {
    pair: { phrasings: 3 },
    expected: 'inconclusive',
    reason: /asked 2 paraphrases, the gate wants 3/u,
  },
  'a smaller plan: seeds': {
    pair: { seeds: [1] },
    expected: 'inconclusive',
    reason: /asked 1 seeds, the gate wants 2/u,
  },
  'too few questions': {
    pair: { questions: 19 },
    expected: 'inconclusive',
    reason: /only 19 questions could be judged, 20 are needed/u,
  },
  'no baseline': { more: { baseline: undefined }, expected: 'inconclusive', reason: /no baseline/u },
  'arms that do not say what they are': {
    pair: { candidate: { versions: {} }, baseline: { versions: {} } },
    expected: 'fail',
    reason: /^green does not report INDEX_HASH, EMBED_SCHEMA, RERANK_CONF, PROMPT_VER, MODEL_VER/u,
  },
  'a baseline that does not say what it is': {
    pair: { baseline: { versions: {} } },
    expected: 'inconclusive',
    reason: /^blue did not report all five version fields/u,
  },
  'latencies of two sessions': {
    pair: { candidate: { session: 'other' } },
    expected: 'inconclusive',
    reason: /were not asked in one session/u,
  },
  'a tool loop': {
    pair: { candidate: { toolLoop: [1] } },
    expected: 'fail',
    reason: /^tool_loops 1 is above 0/u,
  },
  'infinite latencies': {
    pair: { candidate: { latency: repeated(cells, Number.POSITIVE_INFINITY) } },
    expected: 'error',
    reason: /^latency_p95: nothing could be judged/u,
  },
  'a recording without latencies': {
    pair: {
      candidate: { latency: none, record: { findings: [{ code: 'latency_not_recorded', count: cells }] } },
    },
    expected: 'inconclusive',
    reason: /^latency_p95 was not measured: green has the finding latency_not_recorded \(320 calls\)$/u,
  },
  'a baseline that was recorded without latencies': {
    pair: {
      baseline: { latency: none, record: { findings: [{ code: 'latency_not_recorded', count: cells }] } },
    },
    expected: 'inconclusive',
    reason: /^latency_p95 was not measured: blue has the finding latency_not_recorded \(320 calls\)$/u,
  },
  'a recording without half of its latencies, which are no timeouts': {
    pair: {
      candidate: {
        latency: Array.from({ length: cells }, (_, cell) => (cell % 2 === 0 ? null : 0.5)),
        record: { findings: [{ code: 'latency_not_recorded', count: cells / 2 }] },
      },
    },
    expected: 'inconclusive',
    reason: /^latency_p95 was not measured: green has the finding latency_not_recorded \(160 calls\)$/u,
  },
  'a stage that one arm does not report': {
    pair: {
      candidate: { latency: repeated(cells, 0.5) },
      baseline: { latency: { total: repeated(cells, 0.5), rerank: repeated(cells, 0.1) } },
    },
    settings: { rules: { rerank: { statistic: 'latency.rerank.p95', comparing: 'ratio', limit: 1.2 } } },
    expected: 'inconclusive',
    reason: /^rerank was not measured: green reports no stage "rerank"$/u,
  },
  'tokens that the candidate does not report': {
    pair: { baseline: { inputTokens: repeated(cells, 800) } },
    settings: {
      rules: { tokens: { statistic: 'usage.input_tokens', comparing: 'difference', limit: 0 } },
    },
    expected: 'inconclusive',
    reason: /^tokens was not measured: green has no input tokens$/u,
  },
  'a cost that is not known': {
    settings: { rules: { cost: { statistic: 'cost.total', limit: 1 } } },
    expected: 'inconclusive',
    reason: /^cost was not measured: green has no cost$/u,
  },
  'recall where no section is named': {
    settings: { rules: { recall: { statistic: 'retrieval.recall_at_5', limit: 0.5 } } },
    expected: 'inconclusive',
    reason: /^recall was not measured: the anchors name no sections, or green names none/u,
  },
  'no questions at all': { pair: { questions: 0 }, expected: 'error', reason: /nothing could be judged/u },
};

describe('the gate does not pass with', () => {
  test.each(Object.entries(cases))('%s', (_, { pair, more, settings, expected, reason }) => {
    const verdict = judge(acceptance(settings), contextOf(pair, more));
    expect(verdict.verdict, verdict.reason).toBe(expected);
    const reasons = [
      verdict.reason,
      ...verdict.rules.map((rule) => rule.reason),
      ...(verdict.problems ?? []).map((problem) => problem.reason),
    ];
    expect(reasons.filter((one) => reason.test(one))).not.toEqual([]);
  });
});

test('the same evidence passes when nothing is wrong with it', () => {
  const { candidate } = contextOf();
  const more = {
    configuredGold: goldSha256,
    wantedArtifact: candidate.record.artifact.sha256,
    maxAgeSeconds: 60,
  };
  expect(judge(acceptance(), contextOf({}, more)).verdict).toBe('pass');
});
