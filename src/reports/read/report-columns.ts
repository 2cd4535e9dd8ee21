import { readLines } from '../../base/files.ts';
import { clocks, outcomes } from '../../scoring/answer.ts';
import { isFaulted } from '../../scoring/summary/call-tally.ts';
import type { CallLine, RunRecord, ScoreLine } from '../../scoring/record.ts';
import type { CallColumns, ReportShape } from '../html/model.ts';
import { stateCodeOf } from '../../statistics/evidence/evidence.ts';
import { number } from '../../statistics/evidence/columns.ts';
import { parseCall } from '../../store/documents/call.ts';
import type { RunFolder } from '../../store/run-folder.ts';

/** The questions' places in the columns of both arms, in the order in which they were first met. */
export type QuestionPlaces = Map<string, number>;

/** A run's calls in columns, and where each call's line stands. */
export interface ReadCalls {
  readonly calls: CallColumns;
  /** Bytes from the start of `calls.jsonl`, per cell; −1 where there is no call. */
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
}

export interface Capacity {
  readonly shape: ReportShape;
  /** Questions that there is room for. */
  readonly questions: number;
}

/** Reads what there is, of runs that were not scored or did not end well too: a report shows what is missing. */
export function readColumns(
  folder: RunFolder,
  { view }: Pick<RunRecord, 'view'>,
  within: Capacity & { places: QuestionPlaces },
): ReadCalls {
  const read = emptyCalls(within.questions * within.shape.perQuestion);
  const cellOf = cellFinder(within);
  for (const { text, start, length, whole } of readLines(folder.calls)) {
    const line = whole ? parseHead(text) : undefined;
    const cell = line && cellOf(line);
    if (line === undefined || cell === undefined) continue;
    read.starts[cell] = start;
    read.lengths[cell] = length;
    read.calls.at[cell] = Date.parse(line.at);
    read.calls.outcomes[cell] = outcomes.indexOf(line.outcome);
    read.calls.faulted[cell] = isFaulted(line) ? 1 : 0;
    if (!isFaulted(line))
      for (const clock of clocks) read.calls.latency[clock][cell] = number(line.latency?.[clock]);
  }
  for (const { text, whole } of readLines(folder.scores)) {
    const line = whole ? (parseCall(text) as ScoreLine | undefined) : undefined; // lines of both files have a key and a cell
    const cell = line && cellOf(line);
    if (line === undefined || cell === undefined) continue;
    read.calls.distance[cell] = number(line.question_retrieved?.[view]);
    read.calls.coverage[cell] = number(line.coverage);
    read.calls.states[cell] = stateCodeOf(line.state);
    read.calls.flips[cell] = number(line.flip);
  }
  return read;
}

/**
 * A call without what it answered and retrieved, which are nearly all of its line: parsing them would take most of the time. Ours stand
 * after what is wanted here, and a quote within a text is escaped, so that the names of the keys are found in no text.
 */
function parseHead(text: string): CallLine | undefined {
  const end = text.indexOf(',"answer":');
  const retried = text.lastIndexOf(',"retried":');
  const head = end === -1 || retried < end ? undefined : parseCall(`${text.slice(0, end)}}`);
  if (head?.at === undefined || head.outcome === undefined) return parseCall(text);
  // An ok line without a latency there has none or has it further on: the journal of another program, or of one that was edited.
  if (head.outcome === 'ok' && head.latency === undefined) return parseCall(text);
  return { ...head, retried: text.startsWith(',"retried":true', retried) };
}

function emptyCalls(cells: number): ReadCalls {
  const nothing = (): Float64Array => new Float64Array(cells).fill(Number.NaN);
  return {
    calls: {
      at: nothing(),
      outcomes: new Int8Array(cells).fill(-1),
      faulted: new Uint8Array(cells),
      latency: { total: nothing(), retrieve: nothing(), rerank: nothing(), reason: nothing() },
      distance: nothing(),
      coverage: nothing(),
      states: new Int8Array(cells).fill(-1),
      flips: nothing(),
    },
    starts: new Float64Array(cells).fill(-1),
    lengths: new Uint32Array(cells),
  };
}

type CellFinder = (line: {
  readonly question: string;
  readonly phrasing: number;
  readonly seed: number;
}) => number | undefined;

/** A question that is met for the first time gets the next place, while there is room. */
function cellFinder({
  shape,
  questions,
  places,
}: Capacity & { readonly places: QuestionPlaces }): CellFinder {
  const { phrasings, seeds, perQuestion } = shape;
  return ({ question, phrasing, seed }) => {
    const place = places.get(question) ?? places.size;
    const last = seeds.indexOf(seed);
    const isPlanned =
      typeof question === 'string' &&
      place < questions &&
      last !== -1 &&
      Number.isInteger(phrasing) &&
      phrasing >= 0 &&
      phrasing < phrasings;
    if (!isPlanned) return undefined;
    places.set(question, place);
    return place * perQuestion + phrasing * seeds.length + last;
  };
}
