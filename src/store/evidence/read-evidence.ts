import { readLines } from '../../base/files.ts';
import { clocks } from '../../scoring/answer.ts';
import { isFaulted, isServerError } from '../../scoring/summary/call-tally.ts';
import { lambdaStanding } from '../../scoring/lambda/tally.ts';
import type { CallLine, RunRecord, ScoreLine } from '../../scoring/record.ts';
import type { ToolLoopOptions } from '../../scoring/scoring-options.ts';
import type { Prices } from '../../scoring/summary/summary.ts';
import { hasToolLoop } from '../../scoring/tool-loop.ts';
import { stateCodeOf, type Evidence, type Shape } from '../../statistics/evidence/evidence.ts';
import { createCallPrints } from '../../statistics/evidence/call-fingerprints.ts';
import { costColumn, emptyColumns, number, type Columns } from '../../statistics/evidence/columns.ts';
import { checkFiles, checkSummary, checkTime, completeRecord } from '../hashes.ts';
import { Seen, cellFinder, parsed, shapeOf, type CellFinder } from './lines.ts';
import { openRetrieval, type RetrievalColumns } from './retrieval-columns.ts';
import type { RunFolder } from '../run-folder.ts';
import { answeredAt } from '../stored-calls.ts';

export interface EvidenceOptions {
  readonly toolLoop: ToolLoopOptions;
  /** Of the arm, as they are configured now. */
  readonly prices?: Prices | undefined;
}

/** Reads a run's record and its lines as columns, every file checked against its hash. Throws a `UserError` (exit 4) for what is no evidence. */
export async function readEvidence(
  folder: RunFolder,
  { toolLoop, prices }: EvidenceOptions,
): Promise<Evidence> {
  const record = await completeRecord(folder);
  await checkFiles(folder, record);
  const shape = shapeOf(folder, record);
  const columns = emptyColumns(shape);
  const cellOf = cellFinder(folder, shape);
  const answered = new Uint8Array(shape.cells);
  const retrieval = await openRetrieval(folder, shape);
  const lastAnswer = readCalls(folder, { record, shape, columns, cellOf, answered, toolLoop, retrieval });
  Object.assign(columns, retrieval.end());
  columns.cost = costColumn(columns, record.summary, prices);
  readScores(folder, { record, shape, columns, cellOf, answered });
  checkSummary(folder, record, columns.faulted);
  checkTime(folder, record, lastAnswer);
  return { record, shape, ...columns };
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
    if (first !== undefined)
      settleQuestion(group, { question, perQuestion: shape.perQuestion, answered, columns });
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
    columns.states[cell] = stateCodeOf(line.state);
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

/** Returns when the last answer came, in milliseconds since 1970. */
function readCalls(folder: RunFolder, reading: CallReading): number {
  const { shape, columns, cellOf, answered, toolLoop, retrieval } = reading;
  const seen = new Seen(folder.calls, shape.cells);
  const prints = createCallPrints(shape.cells);
  let lastAnswer = Number.NEGATIVE_INFINITY;
  for (const { text } of readLines(folder.calls)) {
    const line = parsed<CallLine>(folder.calls, text) as CallLine; // cellOf and number check what is read
    const cell = cellOf(line, folder.calls);
    seen.add(cell);
    const isOk = line.outcome === 'ok';
    answered[cell] = isOk ? 1 : 0;
    columns.faulted[cell] = isFaulted(line) ? 1 : 0;
    columns.serverError[cell] = isServerError(line) ? 1 : 0;
    columns.toolLoop[cell] = isOk && hasToolLoop(line.tool_calls ?? [], toolLoop) ? 1 : 0;
    if (!isFaulted(line))
      for (const clock of clocks) columns.latency[clock][cell] = number(line.latency?.[clock]);
    columns.sideEffects[cell] = number(line.side_effects);
    columns.dedupeHits[cell] = number(line.dedupe_hits);
    columns.inputTokens[cell] = number(line.usage?.input_tokens);
    columns.outputTokens[cell] = number(line.usage?.output_tokens);
    retrieval.add(line, cell);
    prints.add(line, cell);
    lastAnswer = Math.max(lastAnswer, answeredAt(line));
  }
  seen.end();
  Object.assign(columns, prints.end(columns.latency.total));
  return lastAnswer;
}
