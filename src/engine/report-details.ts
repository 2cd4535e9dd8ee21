import { readLines } from '../base/files.ts';
import { remembered } from '../base/remembered.ts';
import { prepareAnchors } from '../core/coverage-anchors.ts';
import { anchorFinder, coveredText } from '../core/covered-text.ts';
import type { Question } from '../core/gold-set.ts';
import type { CallLine, SnippetReference } from '../core/record.ts';
import { tokenize } from '../core/tokens.ts';
import type { QuestionDetail, ReportCall, ReportShape, Retrieval } from '../reporters/html/model.ts';
import { LineFile } from './line-file.ts';
import { parseCall, textHash } from './recover.ts';
import type { ReadCalls } from './report-columns.ts';
import type { RunFolder } from './run-folder.ts';

/** Longer texts are cut, and the cut is said. */
const longestText = 8000;
const shortenedText = 160;

export interface DetailOptions {
  readonly shape: ReportShape;
  readonly withTexts: boolean;
  readonly documents: ReadonlyMap<string, string>;
}

/** One arm's run, opened for reading single calls. */
export interface OpenedRun {
  /** The calls of the question at a place, an entry a cell. */
  linesOf(place: number): readonly (CallLine | undefined)[];
  textOf(hash: string): string;
  close(): void;
}

/** Opens a run's calls; only the texts that calls of `places` retrieved are kept. */
export function openRun(
  folder: RunFolder,
  { starts, lengths }: ReadCalls,
  wanted: { shape: ReportShape; places: readonly number[] },
): OpenedRun {
  const file = new LineFile(folder.calls);
  const { perQuestion } = wanted.shape;
  const lineAt = (cell: number): CallLine | undefined => {
    const start = starts[cell] ?? -1;
    return start === -1 ? undefined : parseCall(file.read({ start, length: lengths[cell] ?? 0 }));
  };
  const read = (place: number): readonly (CallLine | undefined)[] =>
    Array.from({ length: perQuestion }, (_, offset) => lineAt(place * perQuestion + offset));
  const kept = new Map(wanted.places.map((place) => [place, read(place)]));
  const texts = textsOf(folder, new Set([...kept.values()].flat().flatMap(hashesOf)));
  const linesOf = (place: number): readonly (CallLine | undefined)[] => kept.get(place) ?? read(place);
  return { linesOf, textOf: (hash) => texts.get(hash) ?? '', close: () => file.close() };
}

function hashesOf(line: CallLine | undefined): readonly string[] {
  return (line?.retrieved ?? []).map(({ text_sha256 }) => text_sha256);
}

function textsOf({ snippets }: RunFolder, wanted: ReadonlySet<string>): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { text: line, whole } of wanted.size === 0 ? [] : readLines(snippets)) {
    const hash = whole ? textHash(line) : undefined;
    if (hash === undefined || !wanted.has(hash)) continue;
    const { text } = JSON.parse(line) as { text?: unknown }; // checked in the next line
    if (typeof text === 'string') texts.set(hash, text);
  }
  return texts;
}

interface Asked {
  readonly question: Question | undefined;
  readonly place: number;
  readonly full: boolean;
}

/** What was asked, retrieved and answered for one question. */
export function detailOf(
  { question, place, full }: Asked,
  runs: { readonly candidate: OpenedRun; readonly baseline?: OpenedRun | undefined },
  { withTexts, documents }: DetailOptions,
): QuestionDetail {
  const withRetrieved = full && withTexts;
  const retrievalOf = createRetrievals(withRetrieved ? question : undefined, documents);
  const callsOf = (run: OpenedRun): readonly (ReportCall | undefined)[] =>
    run.linesOf(place).map((line) => {
      if (line === undefined) return undefined;
      const retrieval = retrievalOf(line.retrieved, withRetrieved ? run.textOf : undefined);
      return { ...callOf(line, full, withTexts), ...(retrieval && { retrieval }) };
    });
  const phrasings = question === undefined || !withTexts ? [] : [question.question, ...question.paraphrases];
  const anchors = withRetrieved ? (question?.anchors ?? []) : [];
  return {
    full: withRetrieved,
    phrasings: phrasings.map((text) => cut(text, longestText)),
    anchors: anchors.map(({ section_id, text }) => ({
      ...(section_id !== undefined && { section: section_id }),
      text: cut(text, longestText),
    })),
    candidate: callsOf(runs.candidate),
    ...(runs.baseline && { baseline: callsOf(runs.baseline) }),
  };
}

function callOf({ outcome, status, message, answer, trace_id }: CallLine, full: boolean, withTexts: boolean): ReportCall {
  const most = full ? longestText : shortenedText;
  return {
    outcome,
    ...(status !== undefined && { status }),
    ...(withTexts && message !== undefined && { message: cut(message, most) }),
    ...(withTexts && answer !== undefined && { answer: cut(answer, most) }),
    trace: trace_id,
  };
}

type Retrievals = (
  retrieved: readonly SnippetReference[] | undefined,
  textOf: ((hash: string) => string) | undefined,
) => Retrieval | undefined;

/** Different questions retrieve the same texts. */
const tokensOf = remembered(tokenize, { most: 2000, longest: longestText });

/** Calls of a question often retrieve the same list: each list is looked at once. */
function createRetrievals(question: Question | undefined, documents: ReadonlyMap<string, string>): Retrievals {
  const known = new Map<string, Retrieval>();
  const prepared = prepareAnchors(question?.anchors ?? [], documents);
  const find = remembered(anchorFinder(prepared, tokensOf), { most: 200, longest: longestText });
  return (retrieved, textOf) => {
    if (retrieved === undefined) return undefined;
    const key = JSON.stringify(
      retrieved.map(({ text_sha256, section_id, source_url, offsets }) => [text_sha256, section_id, source_url, offsets]),
    );
    const texts = retrieved.map(({ text_sha256 }) => textOf?.(text_sha256));
    const retrieval = known.get(key) ?? {
      snippets: retrieved.map(({ section_id, snippet_id }, index) => {
        const text = texts[index];
        const section = section_id ?? snippet_id;
        return {
          ...(section !== undefined && { section }),
          ...(text !== undefined && { text: cut(text, longestText) }),
          marks: text === undefined ? [] : find(text.slice(0, longestText)),
        };
      }),
      covered:
        textOf === undefined
          ? []
          : coveredText(
              prepared,
              retrieved.map((snippet, index) => ({ ...snippet, text: texts[index] ?? '' })),
            ),
    };
    known.set(key, retrieval);
    return retrieval;
  };
}

/** At most so many characters, with how many were left out. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} … (${text.length - most} more characters stand in calls.jsonl)`;
}
