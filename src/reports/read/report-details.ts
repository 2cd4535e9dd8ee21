import { sha256 } from '../../base/canonical.ts';
import { remembered } from '../../base/remembered.ts';
import { prepareAnchors } from '../../scoring/coverage/anchors.ts';
import { anchorFinder, coveredText } from '../../scoring/coverage/covered-text.ts';
import type { Question } from '../../plan/gold-set.ts';
import type { CallLine, SnippetReference } from '../../scoring/record.ts';
import { tokenize } from '../../text/tokens.ts';
import type { QuestionDetail, ReportCall, ReportShape, ReportSnippet, RetrievedText } from '../html/model.ts';
import { cutText, longestText, startOf } from '../../text/cut-text.ts';
import type { OpenedRun } from './report-calls.ts';

const shortenedText = 160;
/** Of what a call retrieved: nobody reads more, and a page of all would not open. */
const shownSnippets = 100;

export interface DetailOptions {
  readonly shape: ReportShape;
  readonly withTexts: boolean;
  readonly documents: ReadonlyMap<string, string>;
}

interface Asked {
  readonly question: Question | undefined;
  readonly place: number;
  readonly full: boolean;
}

/** What was asked, retrieved and answered for one question: no more of it than is shown. */
export function detailOf(
  { question, place, full }: Asked,
  runs: { readonly candidate: OpenedRun; readonly baseline?: OpenedRun | undefined },
  { shape: { perQuestion }, withTexts, documents }: DetailOptions,
): QuestionDetail {
  const withRetrieved = full && withTexts;
  const retrievalOf = createRetrievals(withRetrieved ? question : undefined, documents);
  const callsOf = (run: OpenedRun): readonly (ReportCall | undefined)[] =>
    Array.from({ length: perQuestion }, (_, offset) => {
      const line = run.callAt(place * perQuestion + offset);
      if (line === undefined) return undefined;
      const retrieval = line.retrieved && retrievalOf(line.retrieved, withRetrieved ? run : undefined);
      return { ...callOf(line, full, withTexts), ...(retrieval && { retrieval }) };
    });
  const phrasings = question === undefined || !withTexts ? [] : [question.question, ...question.paraphrases];
  const anchors = withRetrieved ? (question?.anchors ?? []) : [];
  return {
    full: withRetrieved,
    phrasings: phrasings.map((text) => cutText(text, longestText, 'the gold set')),
    anchors: anchors.map(({ section_id, text }) => ({
      ...(section_id !== undefined && { section: section_id }),
      text: cutText(text, longestText, 'the gold set'),
    })),
    candidate: callsOf(runs.candidate),
    ...(runs.baseline && { baseline: callsOf(runs.baseline) }),
  };
}

function callOf(
  { outcome, status, message, answer, trace_id }: CallLine,
  full: boolean,
  withTexts: boolean,
): ReportCall {
  const most = full ? longestText : shortenedText;
  return {
    outcome,
    ...(status !== undefined && { status }),
    ...(withTexts && message !== undefined && { message: cutText(message, most, 'calls.jsonl') }),
    ...(withTexts && answer !== undefined && { answer: cutText(answer, most, 'calls.jsonl') }),
    trace: trace_id,
  };
}

/** `run` is left out where texts are. */
type Retrievals = (retrieved: readonly SnippetReference[], run: OpenedRun | undefined) => RetrievedText;

/** Different questions retrieve the same texts. */
const tokensOf = remembered(tokenize, { most: 2000, longest: longestText });

/** Calls of a question often retrieve the same list: each list is looked at once. */
function createRetrievals(
  question: Question | undefined,
  documents: ReadonlyMap<string, string>,
): Retrievals {
  const known = new Map<string, RetrievedText>();
  const prepared = prepareAnchors(question?.anchors ?? [], documents);
  const find = remembered(anchorFinder(prepared, tokensOf), { most: 200, longest: longestText });
  const snippetOf = (
    { section_id, snippet_id, text_sha256 }: SnippetReference,
    run: OpenedRun | undefined,
  ): ReportSnippet => {
    const section = section_id ?? snippet_id;
    const named = section === undefined ? {} : { section };
    if (run === undefined) return { ...named, marks: [] };
    return {
      ...named,
      text: run.shownTextOf(text_sha256),
      marks: find(startOf(run.textOf(text_sha256), longestText)),
    };
  };
  return (retrieved, run) => {
    const key = keyOf(retrieved);
    const more = retrieved.length - shownSnippets;
    const retrieval = known.get(key) ?? {
      snippets: retrieved.slice(0, shownSnippets).map((snippet) => snippetOf(snippet, run)),
      ...(more > 0 && { more }),
      covered: run === undefined ? [] : coveredText(prepared, withTextsOf(retrieved, run)),
    };
    known.set(key, retrieval);
    return retrieval;
  };
}

function keyOf(retrieved: readonly SnippetReference[]): string {
  return sha256(
    JSON.stringify(
      retrieved.map(({ text_sha256, section_id, source_url, offsets }) => [
        text_sha256,
        section_id,
        source_url,
        offsets,
      ]),
    ),
  );
}

function withTextsOf(
  retrieved: readonly SnippetReference[],
  run: OpenedRun,
): ReadonlyArray<SnippetReference & { readonly text: string }> {
  return retrieved.map((snippet) => ({ ...snippet, text: run.textOf(snippet.text_sha256) }));
}
