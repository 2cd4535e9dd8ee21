/** What is wrong with an arm; every member is a way in which real services fail. */
export interface Damage {
  /** The index was built from an older edition of the documents. */
  readonly staleIndex?: boolean;
  /** Queries go through another tokenizer than the documents did: its word pieces reach the model as words. */
  readonly wrongTokenizer?: boolean;
  /** Factor on reranking and reasoning for the slower half of the calls. */
  readonly slowTail?: number;
  /** Share of the calls that fail. */
  readonly faultShare?: number;
  /** The sampler picks among the best sections by the seed instead of taking the best. */
  readonly samplesSections?: boolean;
  /** Share of the questions for which the agent repeats one search. */
  readonly toolLoopShare?: number;
  /** Share of the calls that a replica with another prompt version answers. */
  readonly driftShare?: number;
}

export interface Scenario {
  readonly name: string;
  /** What is wrong with Green, in a sentence. */
  readonly sentence: string;
  readonly green: Damage;
  /** Both names lead to the same arm. */
  readonly sameArm?: boolean;
}

/** What the demo can show; a new one is one entry here. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'healthy',
    sentence: 'Green has a new prompt and a new reranker weight, and is as good as Blue',
    green: {},
  },
  {
    name: 'stale-index',
    sentence: "Green's index was built from last year's handbook",
    green: { staleIndex: true },
  },
  {
    name: 'wrong-tokenizer',
    sentence: 'Green tokenises questions differently from its documents',
    green: { wrongTokenizer: true },
  },
  { name: 'slow', sentence: 'Green reranks and reasons too slowly in the tail', green: { slowTail: 4 } },
  {
    name: 'faulty',
    sentence: 'one in twenty calls of Green fails: 500, 503, connection reset, malformed JSON',
    green: { faultShare: 0.05 },
  },
  { name: 'unstable', sentence: "Green's answers change with the seed", green: { samplesSections: true } },
  {
    name: 'tool-loop',
    sentence: "Green's agent repeats the same search for some questions",
    green: { toolLoopShare: 0.15 },
  },
  {
    name: 'version-drift',
    sentence: 'half of the replicas of Green have another prompt version',
    green: { driftShare: 0.5 },
  },
  {
    name: 'identical',
    sentence: 'Green and Blue are the same arm: nothing is compared with itself',
    green: {},
    sameArm: true,
  },
];

export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

/** The scenario of a name. Throws a `RangeError` for one that is not there: flags are checked before. */
export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new RangeError(`no scenario ${name}`);
  return scenario;
}
