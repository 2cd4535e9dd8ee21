import { inSectionOf } from '../retrieval/quality.ts';
import type { Anchor } from '../../plan/gold-set.ts';
import type { CallLine, LambdaState } from '../record.ts';
import { isRefusal } from '../refusals/refusal.ts';
import { neverRepeated, type IsRepeated } from '../repeated-answers.ts';
import type { ScoringOptions } from '../scoring-options.ts';
import { hasToolLoop } from '../tool-loop.ts';

/**
 * A call as far as it can be judged alone: its state, or that the question's consensus decides (step 4). A repeated answer is `←` and agrees with nothing: a
 * question with nothing else is judged all the same, for an arm that says one thing to everything is broken, not unmeasured.
 */
export type SoloState = LambdaState | 'open' | 'repeated';

export interface SoloOptions {
  readonly answerable: boolean;
  /** Whether this arm returns answers, or only retrieves. */
  readonly answers: boolean;
  readonly options: ScoringOptions;
  readonly isRepeated?: IsRepeated | undefined;
}

/** Steps 1 to 3 of the spec page "metrics", section λ. Unanswerable questions of an arm without answers are skipped: do not ask. */
export function soloState(
  call: CallLine,
  { answerable, answers, options, isRepeated = neverRepeated }: SoloOptions,
): SoloState {
  if (call.outcome !== 'ok' || hasToolLoop(call.tool_calls ?? [], options.toolLoop)) return 'backward';
  const refused = call.refused === true || isRefusal(call.answer ?? '', options.refusalPhrases);
  if (!answerable) return refused ? 'convergent' : 'collapsed';
  if (refused || (answers && isBlank(call.answer))) return 'backward';
  if ((call.retrieved ?? []).length === 0) return 'backward';
  if (options.cites && (call.citations ?? []).length === 0) return 'backward';
  return answers && isRepeated(call.answer ?? '') ? 'repeated' : 'open';
}

export function isBlank(answer: string | undefined): boolean {
  return answer === undefined || answer.trim() === '';
}

/** Whether a citation names an anchor's section: by its `section_id`, or by the id of a snippet that this call retrieved from it. */
export function citesAnchor(call: CallLine, anchors: readonly Anchor[]): boolean {
  const cited = new Set(call.citations);
  if (cited.size === 0) return false;
  if (anchors.some(({ section_id: section }) => section !== undefined && cited.has(section))) return true;
  const snippets = (call.retrieved ?? []).filter(({ snippet_id: id }) => id !== undefined && cited.has(id));
  return snippets.some((snippet) => anchors.some((anchor) => inSectionOf(snippet, anchor)));
}

/** Step 4: both observations, exactly one, none. */
export function openState(anchored: boolean, agreeing: boolean): LambdaState {
  if (anchored && agreeing) return 'convergent';
  return anchored || agreeing ? 'split' : 'collapsed';
}
