import { readLines } from '../../base/files.ts';
import type { ScoreLine, View } from '../../scoring/record.ts';
import { parseCall } from '../../store/documents/call.ts';
import type { RunFolder } from '../../store/run-folder.ts';

/** A call with its scores, flat: names as in `calls.jsonl` and `scores.jsonl`, and nothing of their texts but the answer. */
export type CallRow = Readonly<Record<string, string | number | boolean | undefined>>;

/** The calls of a run in the order in which they were answered, with ΔS in a view, which is told; none without one. */
export function* callRows(folder: RunFolder, view: View | undefined): Generator<CallRow> {
  const scores = scoresByKey(folder, view);
  for (const { text, whole } of readLines(folder.calls)) {
    const call = whole ? parseCall(text) : undefined;
    if (call === undefined) continue;
    const { question, phrasing, seed, outcome, status, at, latency = {}, answer, trace_id } = call;
    yield {
      question,
      phrasing,
      seed,
      outcome,
      status,
      at,
      ...latency,
      view,
      ...scores.get(call.key),
      answer,
      trace_id,
    };
  }
}

function scoresByKey(folder: RunFolder, view: View | undefined): ReadonlyMap<string, CallRow> {
  const scores = new Map<string, CallRow>();
  for (const { text, whole } of readLines(folder.scores)) {
    const line = whole ? (parseCall(text) as ScoreLine | undefined) : undefined; // lines of both files have a key
    if (line === undefined) continue;
    const { question_retrieved, retrieved_anchor, answer_anchor, coverage, state, flip } = line;
    const distances = view && {
      question_retrieved: question_retrieved?.[view],
      retrieved_anchor: retrieved_anchor?.[view],
    };
    scores.set(line.key, { ...distances, answer_anchor, coverage, state, flip });
  }
  return scores;
}
