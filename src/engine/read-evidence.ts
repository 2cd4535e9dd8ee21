import path from 'node:path';
import { compareCodeUnits, sha256 } from '../base/canonical.ts';
import { UserError, exitCodes } from '../base/errors.ts';
import { fileHash, readLines } from '../base/files.ts';
import { clocks } from '../core/answer.ts';
import { isFaulted, isServerError } from '../core/call-tally.ts';
import { lambdaStanding } from '../core/lambda-tally.ts';
import type { CallLine, RunRecord, ScoreLine } from '../core/record.ts';
import type { ToolLoopOptions } from '../core/scoring-options.ts';
import { hasToolLoop } from '../core/tool-loop.ts';
import { stateCodes, type Evidence, type Shape } from '../statistics/evidence.ts';
import { readRecord } from './read-record.ts';
import { openRetrieval, type RetrievalColumns } from './retrieval-columns.ts';
import { recordedFiles, type RunFolder } from './run-folder.ts';

/** Reads a run's record and its lines as columns, every file checked against its hash. Throws a `UserError` (exit 4) for what is no evidence. */
export async function readEvidence(folder: RunFolder, toolLoop: ToolLoopOptions): Promise<Evidence> {
  const record = await completeRecord(folder);
  await checkFiles(folder, record);
  const shape = shapeOf(folder, record);
  const columns = emptyColumns(shape);
  const places = new Map(shape.questions.map((id, index) => [id, index]));
  const cellOf = cellFinder(folder, shape, places);
  const answered = new Uint8Array(shape.cells);
  const retrieval = await openRetrieval(folder, shape);
  readCalls(folder, { record, shape, columns, cellOf, answered, toolLoop, retrieval });
  columns.retrieval = retrieval.end();
  readScores(folder, { record, shape, columns, cellOf, answered });
  checkSummary(folder, record, columns);
  return { record, shape, ...columns };
}

async function completeRecord(folder: RunFolder): Promise<RunRecord> {
  const record = await readRecord(folder);
  if (record === undefined)
    throw evidenceError(`run ${folder.id} has not ended: it has no run.json`, `go on with it: flipgate run --resume ${folder.id}`);
  if (record.status !== 'complete')
    throw evidenceError(`run ${record.id} is ${record.status}, not complete`, `go on with it: flipgate run --resume ${record.id}`);
  if (record.embedder === undefined || record.files['scores.jsonl'] === undefined)
    throw evidenceError(`run ${record.id} is not scored`, `flipgate runs score ${record.id}`);
  return record;
}

/** Checks the hashes that the record has of its files. Throws a `UserError` (exit 4). */
export async function checkFiles(folder: RunFolder, record: RunRecord, names?: readonly string[]): Promise<void> {
  const files = Object.entries(recordedFiles(folder)).filter(([name]) => names?.includes(name) !== false);
  const hashed = await Promise.all(files.map(async ([name, file]) => [name, file, await fileHash(file)] as const));
  for (const [name, file, found] of hashed) {
    if (found !== undefined && found === record.files[name]) continue;
    const what = found === undefined ? 'is missing' : 'is not what the record was written with';
    throw evidenceError(
      `"${file}" ${what} (SHA-256 ${found ?? 'none'}, the record has ${record.files[name] ?? 'none'})`,
      name === 'scores.jsonl' ? 'score it again: --recompute' : 'it was cut or edited: restore it, or ask again',
    );
  }
}

function shapeOf(folder: RunFolder, { plan }: RunRecord): Shape {
  const ids = new Set<string>();
  let start = '';
  for (const { text } of readLines(folder.scores)) {
    // A question's lines stand together.
    if (start !== '' && text.startsWith(start)) continue;
    start = questionFirst.exec(text)?.[0] ?? '';
    ids.add(questionOf(folder, text));
  }
  const perQuestion = plan.phrasings * plan.seeds.length;
  if (ids.size !== plan.questions || plan.cells !== plan.questions * perQuestion)
    throw evidenceError(`"${folder.scores}" has ${ids.size} questions, the plan of run ${folder.id} has ${plan.questions}`, 'ask again');
  const seeds = [...plan.seeds].sort((a, b) => a - b);
  return { questions: [...ids].sort(compareCodeUnits), phrasings: plan.phrasings, seeds, perQuestion, cells: plan.cells };
}

const questionFirst = /^\{"question":("(?:[^"\\]|\\.)*")/u;

/** The question of a line, which stands first in ours: the rest needs no parsing for that. */
function questionOf(folder: RunFolder, text: string): string {
  const first = questionFirst.exec(text)?.[1];
  const { question } = parsed<ScoreLine>(folder.scores, first === undefined ? text : `{"question":${first}}`);
  if (typeof question === 'string') return question;
  throw evidenceError(`"${folder.scores}" has a line without a question`, 'score it again: flipgate runs score');
}

/** Lines are checked by their file's hash; what is read of them is checked where it is read. */
function parsed<Line>(file: string, text: string): Partial<Line> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // said below
  }
  throw evidenceError(`"${file}" has a line that is no JSON object`, 'it was cut or edited: restore it, or ask again');
}

type Columns = { -readonly [Key in keyof Omit<Evidence, 'record' | 'shape'>]: Evidence[Key] };

function emptyColumns(shape: Shape): Columns {
  const numbers = (): Float64Array => new Float64Array(shape.cells).fill(Number.NaN);
  return {
    answerable: new Uint8Array(shape.questions.length),
    faulted: new Uint8Array(shape.cells),
    serverError: new Uint8Array(shape.cells),
    toolLoop: new Uint8Array(shape.cells),
    questionRetrieved: numbers(),
    retrievedAnchor: numbers(),
    answerAnchor: numbers(),
    coverage: numbers(),
    states: new Int8Array(shape.cells).fill(-1),
    lambda: new Uint8Array(shape.questions.length),
    latency: { total: numbers(), retrieve: numbers(), rerank: numbers(), reason: numbers() },
    sideEffects: numbers(),
    dedupeHits: numbers(),
    inputTokens: numbers(),
    outputTokens: numbers(),
    answersSha256: '',
    callsSha256: '',
  };
}

type CellFinder = (line: Partial<Pick<CallLine, 'question' | 'phrasing' | 'seed'>>, file: string) => number;

function cellFinder(folder: RunFolder, shape: Shape, places: ReadonlyMap<string, number>): CellFinder {
  return ({ question, phrasing, seed }, file) => {
    const first = places.get(question ?? '');
    const last = shape.seeds.indexOf(seed ?? Number.NaN);
    if (
      first !== undefined &&
      last !== -1 &&
      phrasing !== undefined &&
      Number.isInteger(phrasing) &&
      phrasing >= 0 &&
      phrasing < shape.phrasings
    )
      return (first * shape.phrasings + phrasing) * shape.seeds.length + last;
    throw evidenceError(`"${file}" has a call that the plan of run ${folder.id} does not have`, 'ask again');
  };
}

interface Reading {
  readonly record: RunRecord;
  readonly shape: Shape;
  readonly columns: Columns;
  readonly cellOf: CellFinder;
  /** 1 for a call that is no fault. */
  readonly answered: Uint8Array;
}

function readScores(folder: RunFolder, { record, shape, columns, cellOf, answered }: Reading): void {
  const seen = new Seen(folder.scores, shape.cells);
  let group: ScoreLine[] = [];
  const settle = (): void => {
    const [first] = group;
    const question = first === undefined ? 0 : Math.floor(cellOf(first, folder.scores) / shape.perQuestion);
    if (first !== undefined) settleQuestion(group, { question, perQuestion: shape.perQuestion, answered, columns });
    group = [];
  };
  for (const { text } of readLines(folder.scores)) {
    const line = parsed<ScoreLine>(folder.scores, text) as ScoreLine; // cellOf and number check what is read
    const cell = cellOf(line, folder.scores);
    seen.add(cell);
    if (group[0] !== undefined && group[0].question !== line.question) settle();
    group.push(line);
    columns.questionRetrieved[cell] = number(line.question_retrieved?.[record.view]);
    columns.retrievedAnchor[cell] = number(line.retrieved_anchor?.[record.view]);
    columns.answerAnchor[cell] = number(line.answer_anchor);
    columns.coverage[cell] = number(line.coverage);
    columns.states[cell] = line.state === undefined ? -1 : (stateCodes[line.state] ?? -1);
  }
  settle();
  seen.end();
}

/**
 * Whether a question has an answer in the documents stands in its scores: every answered call of such a question has a coverage, no other has.
 * One whose calls are all faults counts as such: missing never helps.
 */
function settleQuestion(
  scores: readonly ScoreLine[],
  at: Pick<Reading, 'answered' | 'columns'> & { readonly question: number; readonly perQuestion: number },
): void {
  const { question, perQuestion, answered, columns } = at;
  let answerable = true;
  for (let cell = question * perQuestion; cell < (question + 1) * perQuestion; cell += 1)
    if (answered[cell] === 1 && Number.isNaN(columns.coverage[cell])) answerable = false;
  columns.answerable[question] = answerable ? 1 : 0;
  columns.lambda[question] = { judged: 1, skipped: 2, errored: 0 }[lambdaStanding(answerable, scores)];
}

interface CallReading extends Reading {
  readonly toolLoop: ToolLoopOptions;
  readonly retrieval: RetrievalColumns;
}

function readCalls(folder: RunFolder, reading: CallReading): void {
  const { shape, columns, cellOf, answered, toolLoop, retrieval } = reading;
  const seen = new Seen(folder.calls, shape.cells);
  const prints = { answers: new Uint32Array(2 * shape.cells), traces: new Uint32Array(shape.cells) };
  for (const { text } of readLines(folder.calls)) {
    const line = parsed<CallLine>(folder.calls, text) as CallLine; // cellOf and number check what is read
    const cell = cellOf(line, folder.calls);
    seen.add(cell);
    const isOk = line.outcome === 'ok';
    answered[cell] = isOk ? 1 : 0;
    columns.faulted[cell] = isFaulted(line) ? 1 : 0;
    columns.serverError[cell] = isServerError(line) ? 1 : 0;
    columns.toolLoop[cell] = isOk && hasToolLoop(line.tool_calls ?? [], toolLoop) ? 1 : 0;
    if (!isFaulted(line)) for (const clock of clocks) columns.latency[clock][cell] = number(line.latency?.[clock]);
    columns.sideEffects[cell] = number(line.side_effects);
    columns.dedupeHits[cell] = number(line.dedupe_hits);
    columns.inputTokens[cell] = number(line.usage?.input_tokens);
    columns.outputTokens[cell] = number(line.usage?.output_tokens);
    retrieval.add(line, cell);
    printCall(line, cell, prints);
  }
  seen.end();
  columns.answersSha256 = sha256(bytesOf(prints.answers));
  columns.callsSha256 = sha256(Buffer.concat([prints.traces, columns.latency.total].map(bytesOf)));
}

interface Prints {
  /** Two words a cell: of what was answered and retrieved. */
  readonly answers: Uint32Array;
  /** A word a cell: of the trace id. */
  readonly traces: Uint32Array;
}

/** Of a text's SHA-256: 64 bits are enough to tell texts apart. */
const hashPrefix = 16;

/** Short fingerprints of a call, in its cell's place: together they tell whether two runs hold the same. */
function printCall({ outcome, answer, refused, retrieved, trace_id }: CallLine, cell: number, { answers, traces }: Prints): void {
  const words = [outcome, answer ?? '\0', String(refused), ...(retrieved ?? []).map(({ text_sha256 }) => text_sha256.slice(0, hashPrefix))];
  answers[2 * cell] = words.reduce(mixed, 0x811c9dc5);
  answers[2 * cell + 1] = words.reduceRight(mixed, 0x01000193);
  traces[cell] = mixed(0x811c9dc5, trace_id);
}

/** FNV-1a over a text's code units, and its end (Fowler, Noll, Vo). */
function mixed(hash: number, text: string): number {
  let state = hash;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return Math.imul(state ^ 0x1ffff, 0x01000193) >>> 0;
}

function bytesOf(column: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** A measurement, or NaN where there is none; a negative one measures nothing. */
function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : Number.NaN;
}

/** Every cell once: a line that is there twice, or not at all, is no evidence. */
class Seen {
  readonly #file: string;
  readonly #cells: Uint8Array;
  #count = 0;

  constructor(file: string, cells: number) {
    this.#file = file;
    this.#cells = new Uint8Array(cells);
  }

  add(cell: number): void {
    if (this.#cells[cell] === 1) throw evidenceError(`"${this.#file}" has a call twice`, 'ask again');
    this.#cells[cell] = 1;
    this.#count += 1;
  }

  end(): void {
    if (this.#count < this.#cells.length)
      throw evidenceError(`"${this.#file}" has ${this.#count} of ${this.#cells.length} calls`, 'ask again, or resume the run');
  }
}

/** The summary is what people and exporters read: it has to be of these calls. */
function checkSummary(folder: RunFolder, record: RunRecord, { faulted }: Columns): void {
  const found = faulted.reduce((sum, flag) => sum + flag, 0) / faulted.length;
  if (record.summary.error_rate !== undefined && Math.abs(record.summary.error_rate - found) < 1e-9) return;
  throw evidenceError(
    `"${folder.record}" has the error rate ${record.summary.error_rate ?? 'none'}, its calls have ${found}`,
    `it was edited: flipgate runs score ${path.basename(folder.path)} writes it anew`,
  );
}

function evidenceError(message: string, hint: string): UserError {
  return new UserError(message, { hint, exitCode: exitCodes.error });
}
