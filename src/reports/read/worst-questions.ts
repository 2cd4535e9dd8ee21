import { readLines } from '../../base/files.ts';
import type { LambdaState, ScoreLine } from '../../scoring/record.ts';

/** How one question did over its calls. */
export interface QuestionStanding {
  readonly question: string;
  readonly calls: number;
  /** Share of the calls that are convergent, where any has a state. */
  readonly convergent?: number;
  /** Mean coverage, where it was measured. */
  readonly coverage?: number;
  /** The state that most of its other calls are in. */
  readonly mostly?: LambdaState;
}

interface Tally {
  calls: number;
  coverage: number;
  covered: number;
  readonly states: Map<LambdaState, number>;
}

/** The questions that did worst in a `scores.jsonl`: fewest convergent calls first, then lowest coverage. Questions without a fault in them are left out. */
export function worstQuestions(scoresFile: string, most: number): readonly QuestionStanding[] {
  const tallies = new Map<string, Tally>();
  for (const { text, whole } of readLines(scoresFile)) {
    if (whole) add(tallies, JSON.parse(text) as ScoreLine); // this program wrote it
  }
  return [...tallies]
    .map(([question, tally]) => standingOf(question, tally))
    .filter(({ convergent = 1, coverage = 1 }) => convergent < 1 || coverage < 0.7)
    .sort((a, b) => (a.convergent ?? 1) - (b.convergent ?? 1) || (a.coverage ?? 1) - (b.coverage ?? 1))
    .slice(0, most);
}

function add(tallies: Map<string, Tally>, score: ScoreLine): void {
  const tally: Tally = tallies.get(score.question) ?? {
    calls: 0,
    coverage: 0,
    covered: 0,
    states: new Map(),
  };
  tallies.set(score.question, tally);
  tally.calls += 1;
  if (score.coverage !== undefined) {
    tally.coverage += score.coverage;
    tally.covered += 1;
  }
  if (score.state !== undefined) tally.states.set(score.state, (tally.states.get(score.state) ?? 0) + 1);
}

function standingOf(question: string, { calls, coverage, covered, states }: Tally): QuestionStanding {
  const others = [...states].filter(([state]) => state !== 'convergent').sort((a, b) => b[1] - a[1]);
  const mostly = others[0]?.[0];
  return {
    question,
    calls,
    ...(states.size === 0 ? {} : { convergent: (states.get('convergent') ?? 0) / calls }),
    ...(covered === 0 ? {} : { coverage: coverage / covered }),
    ...(mostly === undefined ? {} : { mostly }),
  };
}
