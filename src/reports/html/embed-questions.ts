import { clocks } from '../../scoring/answer.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import { stateCodes } from '../../statistics/evidence/evidence.ts';
import type {
  Embedded,
  EmbeddedCall,
  EmbeddedDetail,
  EmbeddedQuestion,
  EmbeddedRetrieval,
} from './embedded.ts';
import type {
  Measures,
  QuestionDetail,
  ReportArm,
  ReportCall,
  ReportModel,
  ReportQuestion,
  RetrievedText,
} from './model.ts';

/** The questions of a report for the page's script. */
export function embedQuestions(model: ReportModel): Embedded {
  const arms = reportArms(model);
  const texts = createTable<string>();
  const retrievals = createTable<RetrievedText>();
  const tables = { texts, retrievals };
  const questions = model.questions.map((question) => embeddedQuestion(question, model, texts));
  const details = model.questions.flatMap((question) =>
    question.detail === undefined ? [] : [embeddedDetail(question.detail, { question, model, tables })],
  );
  const retrieved = retrievals.values.map((retrieval) => embeddedRetrieval(retrieval, texts));
  return {
    arms: arms.map(({ record }) => sanitizeForTerminal(record.arm)),
    phrasings: model.shape.phrasings,
    seeds: model.shape.seeds,
    withTexts: model.withTexts,
    comparable: model.incomparable === undefined,
    texts: texts.values,
    questions,
    details,
    retrievals: retrieved,
  };
}

/** Baseline first. */
export function reportArms({ baseline, candidate }: ReportModel): readonly ReportArm[] {
  return baseline === undefined ? [candidate] : [baseline, candidate];
}

interface Table<Value> {
  readonly values: readonly Value[];
  /** The place of a value, which is added where it is new. */
  place(value: Value): number;
}

function createTable<Value>(): Table<Value> {
  const places = new Map<Value, number>();
  const values: Value[] = [];
  return {
    values,
    place(value) {
      const place = places.get(value) ?? values.push(value) - 1;
      places.set(value, place);
      return place;
    },
  };
}

function embeddedQuestion(
  question: ReportQuestion,
  model: ReportModel,
  texts: Table<string>,
): EmbeddedQuestion {
  const { baseline, candidate } = question;
  return {
    id: question.id,
    asked: question.asked === undefined ? -1 : texts.place(question.asked),
    tags: question.tags,
    measures: [...(model.baseline === undefined ? [] : [baseline ?? {}]), candidate].map(measureRow),
    states: reportArms(model).map((arm) => stateLetters(arm, question, model)),
    worse: model.incomparable === undefined && question.worsening > 1e-9,
  };
}

function measureRow({
  coverage,
  distance,
  convergent,
  flip,
  latency,
  faulted,
}: Measures): readonly (number | null)[] {
  return [coverage, distance, convergent, flip, latency, faulted].map(short);
}

const letters: Readonly<Record<number, string>> = {
  [stateCodes.convergent]: 'c',
  [stateCodes.split]: 's',
  [stateCodes.collapsed]: 'x',
  [stateCodes.backward]: 'b',
};

function stateLetters({ calls }: ReportArm, { place }: ReportQuestion, { shape }: ReportModel): string {
  return Array.from({ length: shape.perQuestion }, (_, offset) => {
    const cell = place * shape.perQuestion + offset;
    const letter = letters[calls.states[cell] ?? -1] ?? '-';
    return calls.faulted[cell] === 1 ? (letter === '-' ? 'B' : letter.toUpperCase()) : letter;
  }).join('');
}

interface Within {
  readonly question: ReportQuestion;
  readonly model: ReportModel;
  readonly tables: { readonly texts: Table<string>; readonly retrievals: Table<RetrievedText> };
}

function embeddedDetail(detail: QuestionDetail, within: Within): EmbeddedDetail {
  const { texts } = within.tables;
  const { baseline, candidate } = within.model;
  const sides = [
    ...(baseline === undefined ? [] : [{ arm: baseline, calls: detail.baseline ?? [] }]),
    { arm: candidate, calls: detail.candidate },
  ];
  return {
    full: detail.full,
    phrasings: detail.phrasings.map((text) => texts.place(text)),
    anchors: detail.anchors.map(({ section = '', text }) => [texts.place(section), texts.place(text)]),
    calls: sides.map(({ arm, calls }) =>
      calls.map((call, offset) =>
        call === undefined ? null : embeddedCall(call, { ...within, arm, offset }),
      ),
    ),
  };
}

function embeddedCall(
  call: ReportCall,
  { question, model, tables, arm, offset }: Within & { arm: ReportArm; offset: number },
): EmbeddedCall {
  const { outcome, status, message, answer, trace, retrieval } = call;
  const cell = question.place * model.shape.perQuestion + offset;
  const { latency, coverage, distance } = arm.calls;
  return {
    outcome,
    ...(status !== undefined && { status }),
    ...(message !== undefined && { message: tables.texts.place(message) }),
    ...(answer !== undefined && { answer: tables.texts.place(answer) }),
    trace,
    ...(retrieval !== undefined && { retrieval: tables.retrievals.place(retrieval) }),
    numbers: [...clocks.map((clock) => latency[clock][cell]), coverage[cell], distance[cell]].map(short),
  };
}

function embeddedRetrieval(
  { snippets, more, covered }: RetrievedText,
  texts: Table<string>,
): EmbeddedRetrieval {
  return {
    snippets: snippets.map(({ section = '', text, marks }) => [
      texts.place(section),
      text === undefined ? -1 : texts.place(text),
      marks,
    ]),
    ...(more !== undefined && { more }),
    covered,
  };
}

/** Four digits are more than the page shows. */
function short(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4;
}
