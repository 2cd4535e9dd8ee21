import { answersAgreeing, retrievalsAgreeing } from '../consensus.ts';
import { flipsOfCalls } from './flips.ts';
import type { Question } from '../../plan/gold-set.ts';
import type { CallLine, ScoreLine } from '../record.ts';
import type { ScoringOptions } from '../scoring-options.ts';
import { citesAnchor, openState, soloState } from './stability.ts';
import type { SoloState } from './stability.ts';
import type { IsRepeated } from '../repeated-answers.ts';
import { atLeast } from '../thresholds.ts';

/** The part of a score line that λ needs the whole question for. */
export type Stability = Pick<ScoreLine, 'anchored' | 'agreeing' | 'state' | 'flip'>;

export interface CoveredCall {
  readonly call: CallLine;
  readonly coverage?: number | undefined;
}

export interface StabilityContext {
  readonly question: Pick<Question, 'answerable' | 'anchors'>;
  readonly answers: boolean;
  readonly options: ScoringOptions;
  readonly vectorOf: (text: string) => Float32Array;
  /** None by default. */
  readonly isRepeated?: IsRepeated | undefined;
}

/**
 * Stability of a question's calls, which come in plan order, by the spec page "metrics", section λ. `anchored` and `agreeing` for calls that
 * reach step 4. An errored question (fewer than two of those) has neither agreement nor flips; a skipped one (unanswerable, on an arm without
 * answers) has nothing.
 */
export function stabilityOf(calls: readonly CoveredCall[], context: StabilityContext): Stability[] {
  const { question, answers, options } = context;
  const { answerable } = question;
  if (!answerable && !answers) return calls.map(() => ({}));
  const solos = calls.map(({ call }) =>
    soloState(call, { answerable, answers, options, isRepeated: context.isRepeated }),
  );
  const open = calls.filter((_, index) => solos[index] === 'open');
  const agreeing = agreementOf(open, context);
  const repeated = solos.filter((solo) => solo === 'repeated').length;
  if (answerable && agreeing === undefined && open.length + repeated < 2)
    return calls.map((call, index) => erroredCall(call, solos[index] ?? 'backward', context));
  let next = 0;
  const judged = calls.map((call, index) =>
    judgedCall(call, solos[index] ?? 'backward', { agrees: () => agreeing?.[next++] === true, context }),
  );
  const flips = flipsOfCalls(judged.map(({ state }) => state));
  return judged.map((stability, index) => ({ ...stability, ...flipOf(flips[index]) }));
}

function erroredCall(call: CoveredCall, solo: SoloState, context: StabilityContext): Stability {
  if (solo === 'open') return { anchored: isAnchored(call, context) };
  return { state: solo === 'repeated' ? 'backward' : solo };
}

interface Judging {
  /** Whether the next call that reached step 4 agrees. */
  readonly agrees: () => boolean;
  readonly context: StabilityContext;
}

function judgedCall(
  call: CoveredCall,
  solo: SoloState,
  { agrees, context }: Judging,
): Stability & Required<Pick<Stability, 'state'>> {
  if (solo === 'repeated') return { anchored: isAnchored(call, context), agreeing: false, state: 'backward' };
  if (solo !== 'open') return { state: solo };
  const anchored = isAnchored(call, context);
  const agreeing = agrees();
  return { anchored, agreeing, state: openState(anchored, agreeing) };
}

function flipOf(flip: number | undefined): Pick<Stability, 'flip'> {
  return flip === undefined ? {} : { flip };
}

function isAnchored({ call, coverage }: CoveredCall, { question, options }: StabilityContext): boolean {
  return (
    (coverage !== undefined && atLeast(coverage, options.anchoredCoverage)) ||
    citesAnchor(call, question.anchors)
  );
}

function agreementOf(
  open: readonly CoveredCall[],
  { answers, options, vectorOf }: StabilityContext,
): boolean[] | undefined {
  if (!answers)
    return retrievalsAgreeing(
      open.map(({ call }) => snippetIds(call)),
      options.agreementOverlap,
    );
  return answersAgreeing(
    open.map(({ call }) => vectorOf(call.answer ?? '')),
    options.agreementDistance,
  );
}

/** A snippet without an id is known by its text. */
function snippetIds(call: CallLine): Set<string> {
  return new Set(
    (call.retrieved ?? []).map((snippet) => JSON.stringify(snippet.snippet_id ?? [snippet.text_sha256])),
  );
}
