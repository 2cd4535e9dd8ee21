import { flipRates } from './flips.ts';
import type { FlipRates, StateOfCell } from './flips.ts';
import { mean } from '../percentile.ts';
import type { LambdaState, ScoreLine, Summary } from '../record.ts';

/** Whether λ of a question was judged (at least one value), does not apply, or applies without a value. */
export type LambdaStanding = 'judged' | 'skipped' | 'errored';

export interface LambdaTally {
  /** One question's scores in plan order. */
  add(answerable: boolean, scores: readonly ScoreLine[]): void;
  end(): Pick<Summary, 'lambda' | 'questions'>;
}

/** A question's standing for λ, from its scores. */
export function lambdaStanding(answerable: boolean, scores: readonly ScoreLine[]): LambdaStanding {
  if (answerable)
    return scores.filter(({ agreeing }) => agreeing !== undefined).length < 2 ? 'errored' : 'judged';
  return scores.some(({ state }) => state !== undefined) ? 'judged' : 'skipped';
}

export function createLambdaTally(): LambdaTally {
  const states: Record<LambdaState, number> = { convergent: 0, split: 0, collapsed: 0, backward: 0 };
  const questions = { judged: 0, skipped: 0, errored: 0 };
  const flips = { all: [] as number[], phrasing: [] as number[], seed: [] as number[] };
  const convergence = createConvergence();
  return {
    add(answerable, scores) {
      const cells = scores.flatMap(({ phrasing, seed, state }) =>
        state === undefined ? [] : [{ phrasing, seed, state }],
      );
      for (const { state } of cells) states[state] += 1;
      const standing = lambdaStanding(answerable, scores);
      questions[standing] += 1;
      if (standing !== 'judged') return;
      addRates(flips, flipRates(cells));
      convergence.add(cells);
    },
    end() {
      const counted = Object.values(states).reduce((sum, count) => sum + count, 0);
      if (counted === 0) return { questions };
      return { questions, lambda: { states, flip: meansOf(flips), convergence: convergence.end() } };
    },
  };
}

function addRates(samples: Readonly<Record<keyof FlipRates, number[]>>, rates: FlipRates): void {
  if (rates.all !== undefined) samples.all.push(rates.all);
  if (rates.phrasing !== undefined) samples.phrasing.push(rates.phrasing);
  if (rates.seed !== undefined) samples.seed.push(rates.seed);
}

function meansOf(samples: Readonly<Record<keyof FlipRates, readonly number[]>>): FlipRates {
  const [all, phrasing, seed] = [mean(samples.all), mean(samples.phrasing), mean(samples.seed)];
  return {
    ...(all !== undefined && { all }),
    ...(phrasing !== undefined && { phrasing }),
    ...(seed !== undefined && { seed }),
  };
}

interface Convergence {
  add(cells: readonly StateOfCell[]): void;
  end(): { readonly all?: number; readonly by_seed: Readonly<Record<string, number>> };
}

function createConvergence(): Convergence {
  const bySeed = new Map<number, { questions: number; convergent: number }>();
  const all = { questions: 0, convergent: 0 };
  const count = (into: typeof all, cells: readonly StateOfCell[]): void => {
    into.questions += 1;
    if (cells.every(({ state }) => state === 'convergent')) into.convergent += 1;
  };
  return {
    add(cells) {
      count(all, cells);
      for (const seed of new Set(cells.map((cell) => cell.seed))) {
        const ofSeed = bySeed.get(seed) ?? { questions: 0, convergent: 0 };
        bySeed.set(seed, ofSeed);
        count(
          ofSeed,
          cells.filter((cell) => cell.seed === seed),
        );
      }
    },
    end() {
      const seeds = [...bySeed]
        .sort(([a], [b]) => a - b)
        .map(([seed, counts]) => [String(seed), counts.convergent / counts.questions] as const);
      return {
        ...(all.questions > 0 && { all: all.convergent / all.questions }),
        by_seed: Object.fromEntries(seeds),
      };
    },
  };
}
