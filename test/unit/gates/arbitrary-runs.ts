import fc from 'fast-check';
import { stateCodes, type Evidence } from '../../../src/statistics/evidence/evidence.ts';
import { evidenceOf, type EvidenceOptions } from '../../support/evidence.ts';

export const perQuestion = 4;
export const timeoutSeconds = 4;
const none = Number.NaN;

export interface Call {
  readonly kind: 'answered' | 'fault' | 'empty';
  readonly distance: number;
  readonly coverage: number;
  readonly latency: number;
  readonly state: number;
  readonly toolLoop: boolean;
}

/** Calls of one question. λ is judged where at least two of an answerable question's calls reached its consensus, as in the record. */
export interface QuestionOfCalls {
  readonly kind: 'answerable' | 'unanswerable' | 'skipped';
  readonly calls: readonly Call[];
}

/** Numbers with two digits, most of them where limits lie: ties and equal questions are common. */
const share = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100),
  fc.constantFrom(0, 0.45, 0.46, 0.69, 0.7, 1),
);

const anyCall: fc.Arbitrary<Call> = fc.record({
  kind: fc.oneof(
    { arbitrary: fc.constant('answered' as const), weight: 12 },
    fc.constantFrom('fault' as const, 'empty' as const),
  ),
  distance: share,
  coverage: share,
  latency: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
  state: fc.oneof(
    { arbitrary: fc.constant<number>(stateCodes.convergent), weight: 4 },
    fc.integer({ min: 1, max: 3 }),
  ),
  toolLoop: fc.oneof({ arbitrary: fc.constant(false), weight: 30 }, fc.constant(true)),
});

const anyQuestion: fc.Arbitrary<QuestionOfCalls> = fc.record({
  kind: fc.oneof(
    { arbitrary: fc.constant('answerable' as const), weight: 8 },
    fc.constantFrom('unanswerable', 'skipped'),
  ),
  calls: fc.array(anyCall, { minLength: perQuestion, maxLength: perQuestion }),
});

export interface BothArms {
  readonly candidate: readonly QuestionOfCalls[];
  readonly baseline: readonly QuestionOfCalls[];
}

/** Two runs over one to six questions of four calls (two phrasings, two seeds). */
export const bothArms: fc.Arbitrary<BothArms> = fc
  .array(fc.tuple(anyQuestion, anyQuestion), { minLength: 1, maxLength: 6 })
  .map((questions) => ({
    candidate: questions.map(([one]) => one),
    baseline: questions.map(([, two]) => two),
  }));

/** The evidence that would be read from such a run. */
export function evidenceFrom(questions: readonly QuestionOfCalls[], more: EvidenceOptions = {}): Evidence {
  const standings = questions.map(standingOf);
  const cells = questions.flatMap((one, index) =>
    one.calls.map((each) => cellOf(each, one.kind, standings[index] ?? errored)),
  );
  return evidenceOf({
    questions: questions.length,
    phrasings: 2,
    seeds: [1, 2],
    answerable: questions.map(({ kind }) => Number(kind === 'answerable')),
    lambda: standings,
    faulted: cells.map(({ faulted }) => faulted),
    toolLoop: cells.map(({ toolLoop }) => toolLoop),
    questionRetrieved: cells.map(({ distance }) => distance),
    coverage: cells.map(({ coverage }) => coverage),
    latency: cells.map(({ latency }) => latency),
    states: cells.map(({ state }) => state),
    ...more,
  });
}

const [errored, judged, skipped] = [0, 1, 2];

function standingOf({ kind, calls }: QuestionOfCalls): number {
  if (kind !== 'answerable') return kind === 'skipped' ? skipped : judged;
  return calls.filter(reachedConsensus).length < 2 ? errored : judged;
}

function reachedConsensus({ kind, state, toolLoop }: Call): boolean {
  return kind === 'answered' && state !== stateCodes.backward && !toolLoop;
}

type Cell = Record<'faulted' | 'toolLoop' | 'distance' | 'coverage' | 'latency' | 'state', number>;

function cellOf(call: Call, of: QuestionOfCalls['kind'], standing: number): Cell {
  const { kind, latency, distance, coverage } = call;
  const state = stateOf(call, standing);
  if (kind === 'fault')
    return { faulted: 1, toolLoop: 0, distance: none, coverage: none, latency: none, state };
  const found = { faulted: 0, toolLoop: Number(call.toolLoop), latency, state };
  if (of !== 'answerable') return { ...found, distance: none, coverage: none };
  return kind === 'empty' ? { ...found, distance: none, coverage: 0 } : { ...found, distance, coverage };
}

/** In an errored question the call that reached the consensus has no state. */
function stateOf(call: Call, standing: number): number {
  if (standing === skipped) return -1;
  if (call.kind !== 'answered' || call.toolLoop) return stateCodes.backward;
  return standing === errored && reachedConsensus(call) ? -1 : call.state;
}

/** The same with one of the candidate's answers as a fault, where it has no tool loop. */
export function withFault(both: BothArms, at: number): BothArms {
  const place = at % (both.candidate.length * perQuestion);
  const faulted = (call: Call): Call => (call.toolLoop ? call : { ...call, kind: 'fault' });
  const candidate = both.candidate.map((one, index) => {
    if (index !== Math.floor(place / perQuestion)) return one;
    return {
      ...one,
      calls: one.calls.map((call, cell) => (cell === place % perQuestion ? faulted(call) : call)),
    };
  });
  return { ...both, candidate };
}
