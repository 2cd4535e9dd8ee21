import type { CallFinding, Snippet } from './answer.ts';
import { prepareAnchors } from './coverage/anchors.ts';
import type { PreparedAnchors } from './coverage/anchors.ts';
import { coverage } from './coverage/coverage.ts';
import type { Coverage } from './coverage/coverage.ts';
import type { Question } from '../plan/gold-set.ts';
import { inPlanOrder } from '../plan/order.ts';
import { stabilityOf } from './lambda/question-stability.ts';
import type { CallLine, ScoreLine, SnippetReference } from './record.ts';
import type { ScoringOptions } from './scoring-options.ts';
import { neverRepeated, type IsRepeated } from './repeated-answers.ts';
import { nearestDistance, snippetsDistance } from './semantic-distance.ts';
import { isBlank } from './lambda/stability.ts';

/** One question's calls of one run, in any order; cells may be missing. */
export interface QuestionCalls {
  readonly question: Question;
  /** Texts as asked, by phrasing. */
  readonly phrasings: readonly string[];
  readonly calls: readonly CallLine[];
  /** Whether this arm returns answers (`returnsAnswers` of the run's calls), or only retrieves. */
  readonly answers: boolean;
  /** Whether a text is an answer that the arm gives whatever it is asked; none by default. */
  readonly isRepeated?: IsRepeated | undefined;
  /** A snippet's text by its SHA-256. */
  readonly textOf: (sha256: string) => string;
}

export interface QuestionToScore extends QuestionCalls {
  /** The vector of each text that `textsToEmbed` names. */
  readonly vectorOf: (text: string) => Float32Array;
  /** Texts of which only the beginning is embedded, where there are any. */
  readonly shortened?: ReadonlySet<string> | undefined;
  readonly options: ScoringOptions;
  /** Documents by `source_url`, where they are at hand. */
  readonly documents: ReadonlyMap<string, string>;
}

/** Whether a run's calls come from an arm that returns answers: one answered call with an answer, even an empty one, is enough. */
export function returnsAnswers(calls: Iterable<CallLine>): boolean {
  for (const call of calls) if (call.outcome === 'ok' && call.answer !== undefined) return true;
  return false;
}

/** The texts whose vectors `scoreQuestion` asks for, each once: exactly these. Unanswerable questions need none. */
export function textsToEmbed(input: QuestionCalls): string[] {
  const texts = new Set<string>();
  for (const call of input.calls) {
    const { asked, snippets, answer } = textsOfCall(call, input);
    if (asked !== undefined) texts.add(asked);
    for (const snippet of snippets) texts.add(snippet);
    if (answer !== undefined) texts.add(answer);
  }
  if (texts.size > 0) for (const { text } of input.question.anchors) texts.add(text);
  return [...texts];
}

/** Scores of a question's calls, one line a call, by phrasing, then seed. The order in which the calls came changes nothing. */
export function scoreQuestion(input: QuestionToScore): ScoreLine[] {
  const anchors = prepareAnchors(input.question.answerable ? input.question.anchors : [], input.documents);
  const calls = inPlanOrder(input.calls);
  const measured = calls.map((call) => coverageOf(call, input, anchors));
  const covered = calls.map((call, index) => ({ call, coverage: measured[index]?.coverage }));
  const stability = stabilityOf(covered, input);
  return calls.map((call, index) => ({
    question: call.question,
    phrasing: call.phrasing,
    seed: call.seed,
    key: call.key,
    ...distancesOf(call, input),
    ...coverageLine(measured[index], otherFindings(call, input)),
    ...stability[index],
  }));
}

function coverageOf(
  call: CallLine,
  { question, textOf }: QuestionToScore,
  anchors: PreparedAnchors,
): Coverage | undefined {
  if (call.outcome !== 'ok' || !question.answerable) return undefined;
  return coverage(
    anchors,
    (call.retrieved ?? []).map((snippet) => withText(snippet, textOf)),
  );
}

function coverageLine(
  measured: Coverage | undefined,
  others: readonly CallFinding[],
): Pick<ScoreLine, 'coverage' | 'coverage_mode' | 'findings'> {
  if (measured?.coverage === undefined) return {};
  const { coverage: share, mode } = measured;
  const findings = [...measured.findings, ...others];
  return { coverage: share, ...(mode && { coverage_mode: mode }), ...(findings.length > 0 && { findings }) };
}

function otherFindings(call: CallLine, input: QuestionToScore): readonly CallFinding[] {
  const { question, isRepeated = neverRepeated } = input;
  const repeated = question.answerable && call.answer !== undefined && isRepeated(call.answer);
  return [
    ...(isShortened(call, input) ? [{ code: 'text_shortened' }] : []),
    ...(repeated ? [{ code: 'repeated_answer' }] : []),
  ];
}

/** Whether a distance of the call rests on a part of a text. */
function isShortened(call: CallLine, input: QuestionToScore): boolean {
  const { shortened } = input;
  if (shortened === undefined || shortened.size === 0) return false;
  const { asked, snippets, answer } = textsOfCall(call, input);
  const anchors = input.question.anchors.map(({ text }) => text);
  return [asked, answer, ...snippets, ...anchors].some((text) => text !== undefined && shortened.has(text));
}

function withText(
  { text_sha256: textSha256, ...reference }: SnippetReference,
  textOf: QuestionCalls['textOf'],
): Snippet {
  return { ...reference, text: textOf(textSha256) };
}

interface CallTexts {
  readonly asked?: string | undefined;
  readonly snippets: readonly string[];
  readonly answer?: string | undefined;
}

function textsOfCall(call: CallLine, { question, phrasings, answers, textOf }: QuestionCalls): CallTexts {
  if (call.outcome !== 'ok' || !question.answerable) return { snippets: [] };
  const snippets = (call.retrieved ?? []).map((snippet) => textOf(snippet.text_sha256));
  return {
    snippets,
    asked: snippets.length > 0 ? phrasings[call.phrasing] : undefined,
    answer: answers && !isBlank(call.answer) ? call.answer : undefined,
  };
}

function distancesOf(
  call: CallLine,
  input: QuestionToScore,
): Pick<ScoreLine, 'question_retrieved' | 'retrieved_anchor' | 'answer_anchor'> {
  const texts = textsOfCall(call, input);
  if (texts.snippets.length === 0 && texts.answer === undefined) return {};
  const { vectorOf } = input;
  const snippets = texts.snippets.map(vectorOf);
  const anchors = input.question.anchors.map(({ text }) => vectorOf(text));
  const questionRetrieved =
    texts.asked === undefined ? undefined : snippetsDistance(snippets, [vectorOf(texts.asked)]);
  const retrievedAnchor = snippetsDistance(snippets, anchors);
  const answerAnchor =
    texts.answer === undefined ? undefined : nearestDistance(vectorOf(texts.answer), anchors);
  return {
    ...(questionRetrieved && { question_retrieved: questionRetrieved }),
    ...(retrievedAnchor && { retrieved_anchor: retrievedAnchor }),
    ...(answerAnchor !== undefined && { answer_anchor: answerAnchor }),
  };
}
