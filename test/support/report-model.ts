import type {
  CallColumns,
  Measures,
  ReportCall,
  ReportModel,
  ReportQuestion,
} from '../../src/reports/html/model.ts';
import { compared, failed } from './verdicts.ts';
import { evidenceOf } from './evidence.ts';

const shape = { phrasings: 2, seeds: [1, 2], perQuestion: 4 };

function columns(shift: number): CallColumns {
  const of = (value: (cell: number) => number): Float64Array =>
    Float64Array.from({ length: 2 * shape.perQuestion }, (_, cell) => value(cell));
  const total = of((cell) => 0.1 + 0.01 * cell + shift / 10);
  return {
    at: of((cell) => Date.parse('2026-11-22T21:30:00Z') + 1000 * cell),
    outcomes: new Int8Array(2 * shape.perQuestion),
    faulted: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, shift > 0 ? 1 : 0]),
    latency: {
      total,
      retrieve: of((cell) => 0.01 + cell / 1000),
      rerank: of(() => Number.NaN),
      reason: of(() => Number.NaN),
    },
    distance: of((cell) => 0.2 + cell / 20 + shift),
    coverage: of((cell) => Math.max(0, 1 - shift * cell)),
    states: Int8Array.from([0, 0, 0, 0, 0, shift > 0 ? 1 : 0, 0, shift > 0 ? 3 : 0]),
    flips: of(() => shift),
  };
}

function call(answer: string, extra: Partial<ReportCall> = {}): ReportCall {
  const retrieval = {
    snippets: [{ section: 'flip', text: 'The pointer flips.', marks: [4, 11] }],
    covered: [[0, 7]],
  };
  return { outcome: 'ok', status: 200, answer, trace: 'ab12', retrieval, ...extra };
}

function question(id: string, text: string, place: number): ReportQuestion {
  const measures: Measures = {
    coverage: 1,
    distance: 0.25,
    convergent: 1,
    flip: 0,
    latency: 0.1,
    faulted: 0,
  };
  return {
    id,
    place,
    tags: ['sample'],
    asked: text,
    candidate: { ...measures, coverage: 0.5 },
    baseline: measures,
    worsening: 0.5,
    detail: {
      full: true,
      phrasings: [text, `${text} Again?`],
      anchors: [{ section: 'flip', text: 'pointer flips' }],
      candidate: [call('It flips.'), call('It turns.'), call(text), undefined],
      baseline: [call('It flips.'), call('It flips.'), call(text), call('It flips.')],
    },
  };
}

/** A report of two questions; one of them can have any text. */
export function reportModel(text = 'What flips?'): ReportModel {
  const { record: before } = evidenceOf({ arm: 'blue' });
  const { record: after } = evidenceOf({ arm: 'green' });
  return {
    candidate: { record: after, calls: columns(0.2) },
    baseline: { record: before, calls: columns(0) },
    comparison: compared,
    verdicts: [failed],
    shape,
    questions: [question('Q_0001', 'What flips?', 0), question('Q_0002', text, 1)],
    withTexts: true,
  };
}
