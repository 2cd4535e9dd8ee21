import type { RunRecord } from '../src/scoring/record.ts';
import type { JudgeContext } from '../src/gates/context.ts';
import { stateCodes, type Evidence } from '../src/statistics/evidence/evidence.ts';
import {
  answerable,
  answerableQuestions,
  flipRateOf,
  instabilityFor,
  instabilityForFlips,
  medianSeconds,
  scatter,
  shape,
  type LatencyNoise,
  type Noise,
  type Truth,
} from './gate-models.ts';

interface Question {
  readonly distance: number;
  readonly coverage: number;
  readonly unstable: number;
  readonly logSeconds: number;
}

interface Arm {
  readonly name: 'blue' | 'green';
  readonly instability: number;
  readonly latencyRatio: number;
  readonly errorRate: number;
}

const now = Date.parse('2026-01-01T00:01:00Z');
const expectation = { pins: {}, missingSecrets: [], timeoutSeconds: 30 };

/** Two runs over the same questions, drawn anew, as a gate judges them. */
export function simulated(truth: Truth, noise: Noise): JudgeContext {
  const questions = shape.questions.map(() => ({
    distance: truth.distance + scatter.distance * noise.normal(),
    coverage: noise.beta(truth.coverage, scatter.coverage),
    unstable: noise.gamma(scatter.unstable),
    logSeconds: Math.log(medianSeconds) + truth.latency.question * noise.normal(),
  }));
  const before = instabilityFor(truth.convergence);
  const after =
    truth.flipIncrease === 0 ? before : instabilityForFlips(flipRateOf(before) + truth.flipIncrease);
  const blue: Arm = { name: 'blue', instability: before, latencyRatio: 1, errorRate: 0 };
  const green: Arm = {
    name: 'green',
    instability: after,
    latencyRatio: truth.latencyRatio,
    errorRate: truth.errorRate,
  };
  const of = (arm: Arm): Evidence => evidenceOf(arm, questions, { latency: truth.latency, noise });
  return {
    baseline: of(blue),
    candidate: of(green),
    expectations: { candidate: expectation, baseline: expectation },
    drills: [],
    now,
  };
}

function evidenceOf(
  arm: Arm,
  questions: readonly Question[],
  { latency, noise }: { latency: LatencyNoise; noise: Noise },
): Evidence {
  const none = (): Float64Array => new Float64Array(shape.cells).fill(Number.NaN);
  const columns = {
    questionRetrieved: none(),
    coverage: none(),
    total: none(),
    states: new Int8Array(shape.cells),
    faulted: new Uint8Array(shape.cells),
  };
  for (const [index, question] of questions.entries()) {
    const slowness = question.logSeconds + latency.own * noise.normal() + Math.log(arm.latencyRatio);
    const isAnswerable = index < answerableQuestions;
    for (let cell = index * shape.perQuestion; cell < (index + 1) * shape.perQuestion; cell += 1) {
      if (arm.errorRate > 0 && noise.uniform() < arm.errorRate) {
        columns.faulted[cell] = 1;
        columns.states[cell] = stateCodes.backward;
        continue;
      }
      const tail = noise.uniform() < latency.tailShare ? latency.tailFactor : 1;
      columns.total[cell] = tail * Math.exp(slowness + latency.call * noise.normal());
      columns.states[cell] = stateOf(noise, {
        chance: Math.exp(-arm.instability * question.unstable),
        isAnswerable,
      });
      if (!isAnswerable) continue;
      columns.questionRetrieved[cell] = question.distance + scatter.distanceOfCalls * noise.normal();
      columns.coverage[cell] = noise.beta(question.coverage, scatter.coverageOfCalls);
    }
  }
  return assembled(arm, columns);
}

function stateOf(
  { uniform }: Noise,
  { chance, isAnswerable }: { chance: number; isAnswerable: boolean },
): number {
  if (uniform() < chance) return stateCodes.convergent;
  return isAnswerable && uniform() < scatter.split ? stateCodes.split : stateCodes.collapsed;
}

interface Columns {
  readonly questionRetrieved: Float64Array;
  readonly coverage: Float64Array;
  readonly total: Float64Array;
  readonly states: Int8Array;
  readonly faulted: Uint8Array;
}

const absent = new Float64Array(shape.cells).fill(Number.NaN);
const noFlags = new Uint8Array(shape.cells);

function assembled({ name }: Arm, { total, ...columns }: Columns): Evidence {
  return {
    record: records[name],
    shape,
    answerable,
    ...columns,
    serverError: noFlags,
    toolLoop: noFlags,
    retrievedAnchor: columns.questionRetrieved,
    answerAnchor: columns.questionRetrieved,
    lambda: new Uint8Array(shape.questions.length).fill(1),
    latency: { total, retrieve: absent, rerank: absent, reason: absent },
    sideEffects: absent,
    dedupeHits: absent,
    inputTokens: absent,
    outputTokens: absent,
    answersSha256: name,
    callsSha256: name,
  };
}

const records = { blue: recordOf('blue'), green: recordOf('green') };

function recordOf(arm: string): RunRecord {
  const versions = {
    model_version: '1',
    index_version: '1',
    prompt_version: '1',
    tokenizer_version: '1',
    chunker_version: arm,
  };
  // A gate reads only these parts of a record.
  return {
    id: arm,
    session: 'simulated',
    arm,
    status: 'complete',
    finished_at: '2026-01-01T00:00:00Z',
    gold: { sha256: 'gold', path: 'gold.jsonl', questions: shape.questions.length },
    plan: {
      questions: shape.questions.length,
      phrasings: shape.phrasings,
      seeds: shape.seeds,
      cells: shape.cells,
    },
    view: 'best',
    artifact: { ...versions, sha256: arm, complete: true },
    findings: [],
    summary: {},
  } as unknown as RunRecord;
}
