import { createCallTally } from './call-tally.ts';
import { createFindingTally } from './finding-tally.ts';
import type { CountedArtifact } from './finding-tally.ts';
import type { Question } from '../../plan/gold-set.ts';
import { createLambdaTally } from '../lambda/tally.ts';
import { inPlanOrder } from '../../plan/order.ts';
import type { CallLine, Finding, ScoreLine, Summary, View } from '../record.ts';
import { createRetrievalTally } from '../retrieval/tally.ts';
import { createScoreTally } from './score-tally.ts';
import type { ToolLoopOptions } from '../scoring-options.ts';

/** Prices per million tokens, in one currency. */
export interface Prices {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

export interface SummaryOptions {
  readonly view: View;
  readonly toolLoop: ToolLoopOptions;
  /** Planned phrasings, the question itself included: the length of `by_phrasing`. */
  readonly phrasings: number;
  /** All that are asked, in any order. */
  readonly questions: readonly Question[];
  readonly prices?: Prices | undefined;
}

export interface RunSummary {
  readonly summary: Summary;
  readonly findings: readonly Finding[];
  /** What answered calls report, the most frequent first: one artifact in a run without version drift, none without answered calls. */
  readonly artifacts: readonly CountedArtifact[];
}

/** Builds a run's summary question by question; it keeps numbers, never texts. */
export interface SummaryBuilder {
  /** Adds one question's calls, in any order, and their scores (`undefined` where scoring is off). Questions come in plan order. */
  add(question: Question, calls: readonly CallLine[], scores: readonly ScoreLine[] | undefined): void;
  /** Adds what a question was scored with beside its calls: the distance of each of its phrasings to its own anchor. */
  addQuestionAnchor(distances: readonly (number | undefined)[]): void;
  /** `planned` counts calls. What was not measured is left out. */
  end(planned: number): RunSummary;
}

export function createSummary(options: SummaryOptions): SummaryBuilder {
  const calls = createCallTally(options.toolLoop);
  const findings = createFindingTally();
  const retrieval = createRetrievalTally(options.questions);
  const distances = createScoreTally(options.view);
  const lambda = createLambdaTally();
  let scored = false;
  return {
    add(question, added, scores) {
      calls.add(added);
      findings.add(added, scores ?? []);
      retrieval.add(question, added);
      if (scores === undefined) return;
      scored = true;
      const ordered = inPlanOrder(scores);
      distances.add(ordered);
      lambda.add(question.answerable, ordered);
    },
    addQuestionAnchor: distances.addQuestionAnchor,
    end(planned) {
      const ofCalls = calls.end(planned);
      const { questions, lambda: stability } = scored ? lambda.end() : {};
      const summary = summaryOf({
        ...ofCalls,
        questions,
        ...distances.end(options.phrasings),
        lambda: stability,
        retrieval: retrieval.end(),
        cost: costOf(ofCalls.usage, {
          prices: options.prices,
          convergent: stability?.states.convergent ?? 0,
        }),
      });
      return { summary, findings: findings.findings(retrieval.findings()), artifacts: findings.artifacts() };
    },
  };
}

type Parts = { readonly [Part in keyof Summary]: Summary[Part] | undefined } & Pick<
  Summary,
  'calls' | 'latency' | 'tool_loops' | 'side_effects' | 'dedupe_hits'
>;

/** In the order of the spec page "record", without the parts that were not measured. */
function summaryOf(parts: Parts): Summary {
  const {
    calls,
    questions,
    error_rate,
    server_error_rate,
    semantic_distance,
    coverage,
    lambda,
    latency,
    usage,
    cost,
    retrieval,
  } = parts;
  return {
    calls,
    ...(questions && { questions }),
    ...(error_rate !== undefined && { error_rate }),
    ...(server_error_rate !== undefined && { server_error_rate }),
    ...(semantic_distance && { semantic_distance }),
    ...(coverage && { coverage }),
    ...(lambda && { lambda }),
    latency,
    tool_loops: parts.tool_loops,
    side_effects: parts.side_effects,
    dedupe_hits: parts.dedupe_hits,
    ...(usage && { usage }),
    ...(cost && { cost }),
    ...(retrieval && { retrieval }),
  };
}

/** `undefined` where tokens that have a price were counted in no call. */
function costOfTokens(
  { input_tokens: input, output_tokens: output }: NonNullable<Summary['usage']>,
  { inputPerMillion, outputPerMillion }: Prices,
): number | undefined {
  if ((input === undefined && inputPerMillion > 0) || (output === undefined && outputPerMillion > 0))
    return undefined;
  return ((input ?? 0) * inputPerMillion + (output ?? 0) * outputPerMillion) / 1e6;
}

interface CostBasis {
  readonly prices: Prices | undefined;
  readonly convergent: number;
}

/** `undefined` without prices and where the arm does not report all that has one: a part of the cost is none. */
function costOf(usage: Summary['usage'], { prices, convergent }: CostBasis): Summary['cost'] {
  const total = usage && prices && costOfTokens(usage, prices);
  if (total === undefined) return undefined;
  return { total, ...(convergent > 0 && { per_converged_answer: total / convergent }) };
}
