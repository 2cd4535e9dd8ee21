import { createRandom } from '../src/plan/random.ts';
import type { Shape } from '../src/statistics/evidence/evidence.ts';

/** How latencies scatter: standard deviations of logarithms. */
export interface LatencyNoise {
  /** Between questions; shared by both arms. */
  readonly question: number;
  /** Between an arm's questions beside that; its own. */
  readonly own: number;
  readonly call: number;
  /** Share of calls that take `tailFactor` times as long. */
  readonly tailShare: number;
  readonly tailFactor: number;
}

/** What is true of the population that questions and calls are drawn from. */
export interface Truth {
  /** Of both arms: mean ΔS(question, retrieved), mean coverage, expected share of questions that converge under one seed. */
  readonly distance: number;
  readonly coverage: number;
  readonly convergence: number;
  /** Of Green: its flip rate minus Blue's, its latency over Blue's, its share of faulted calls. */
  readonly flipIncrease: number;
  readonly latencyRatio: number;
  readonly errorRate: number;
  readonly latency: LatencyNoise;
}

const steady = { question: 0.3, own: 0, call: 0.3, tailShare: 0, tailFactor: 1 };

export const latencyModels = {
  a: { noise: steady, words: 'lognormal, σ 0.3 between questions, 0.3 between calls' },
  b: {
    noise: { ...steady, question: 0.5, call: 0.7 },
    words: 'lognormal, σ 0.5 between questions, 0.7 between calls',
  },
  c: {
    noise: { ...steady, tailShare: 0.05, tailFactor: 3 },
    words: 'as a, and 5 % of the calls take three times as long',
  },
  d: {
    noise: { ...steady, own: 0.2 },
    words: 'as a, and every question has another effect on each arm beside the shared one, σ 0.2',
  },
} as const;
export type LatencyModel = keyof typeof latencyModels;

export const healthy: Truth = {
  distance: 0.3,
  coverage: 0.85,
  convergence: 0.9,
  flipIncrease: 0,
  latencyRatio: 1,
  errorRate: 0,
  latency: steady,
};

/** 40 questions, the last 4 of them without an answer, in 4 phrasings with 2 seeds. */
export const shape: Shape = {
  questions: Array.from({ length: 40 }, (_, index) => `q${String(index).padStart(2, '0')}`),
  phrasings: 4,
  seeds: [1, 2],
  perQuestion: 8,
  cells: 320,
};
export const answerableQuestions = 36;
export const answerable = Uint8Array.from(shape.questions, (_, question) =>
  Number(question < answerableQuestions),
);

export const scatter = {
  distance: 0.08,
  distanceOfCalls: 0.04,
  coverage: 10,
  coverageOfCalls: 40,
  unstable: 0.25,
  split: 0.7,
} as const;
export const medianSeconds = 0.8;
export const populationWords = `- ΔS: normal between questions (mean 0.30, σ 0.08), normal between calls (σ 0.04). Paraphrases do not differ systematically.
- Coverage: beta between questions (mean 0.85, concentration 10), beta between a question's calls (its mean, concentration 40).
- λ: a call converges with the chance exp(−g·x); x is the question's, gamma distributed (shape 0.25); g makes a question converge under a seed
  with the chance 0.9 on average. Of the other calls 70 % are split, 30 % collapsed; on unanswerable questions all of them are collapsed.
- Faults: none. Latency: median 0.8 s, in four models; what is between questions is the same for both arms, also for ΔS, coverage and λ.
`;

/** A seeded source of random numbers of several distributions. */
export interface Noise {
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly gamma: (shape: number) => number;
  readonly beta: (mean: number, concentration: number) => number;
}

export function createNoise(seed: number): Noise {
  const uniform = createRandom(seed);
  /** Box and Muller (1958). */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  /** Marsaglia and Tsang (2000). */
  const gamma = (k: number): number => {
    if (k < 1) return gamma(k + 1) * uniform() ** (1 / k);
    const d = k - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
    }
  };
  const beta = (mean: number, concentration: number): number => {
    const [a, b] = [gamma(mean * concentration), gamma((1 - mean) * concentration)];
    return a / (a + b);
  };
  return { uniform, normal, gamma, beta };
}

/**
 * Every call of a question is convergent with the chance exp(−g·x), where x is the question's own, drawn from a gamma distribution, and g the
 * arm's instability. The four calls of a seed all are with the chance exp(−4·g·x), whose mean is (1 + 4g)^−k.
 */
export function instabilityFor(convergence: number): number {
  return (convergence ** (-1 / scatter.unstable) - 1) / shape.phrasings;
}

/** The mean over the questions of the share of pairs of calls in different states. */
export function flipRateOf(instability: number): number {
  const mean = (times: number): number => (1 + times * instability) ** -scatter.unstable;
  const share = answerableQuestions / shape.questions.length;
  const alike = share * (scatter.split ** 2 + (1 - scatter.split) ** 2) + 1 - share;
  return 1 - mean(2) - alike * (1 - 2 * mean(1) + mean(2));
}

/** The instability of an arm with this flip rate. */
export function instabilityForFlips(flipRate: number): number {
  let [low, high] = [0, 1e6];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (flipRateOf(middle) < flipRate) low = middle;
    else high = middle;
  }
  return low;
}
