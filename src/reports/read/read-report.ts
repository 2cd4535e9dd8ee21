import path from 'node:path';
import { compareCodeUnits } from '../../base/canonical.ts';
import { UserError, exitCodes } from '../../base/errors.ts';
import type { Question } from '../../plan/gold-set.ts';
import type { RunRecord } from '../../scoring/record.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { Measures, ReportArm, ReportModel, ReportQuestion, ReportShape } from '../html/model.ts';
import { comparabilityProblem, type ComparableRun } from '../../statistics/comparable.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import { readPlan } from '../../store/documents/plan.ts';
import { readStoredGold, type StoredGold } from '../../store/documents/gold.ts';
import { readRecord } from '../../store/documents/run.ts';
import { readColumns, type QuestionPlaces, type ReadCalls } from './report-columns.ts';
import { openRun } from './report-calls.ts';
import { detailOf, type DetailOptions } from './report-details.ts';
import { measuresOf, worseningOf } from './report-measures.ts';
import type { RunFolder } from '../../store/run-folder.ts';

export interface ReportRequest {
  readonly candidate: RunFolder;
  /** Over the same cells. Absent: the report of one run. */
  readonly baseline?: RunFolder | undefined;
  readonly comparison?: Comparison | undefined;
  /** Those about these runs, as they may be read now. */
  readonly verdicts: readonly Verdict[];
  readonly withTexts: boolean;
}

/** Calls of both arms whose texts all stand in the page; of more only the worst questions' do. */
const callsInFull = 4000;
const questionsInFull = 200;
const questionsInShort = 2000;

/** Reads everything that a report shows. Throws a `UserError` (exit 4) for a run that has not ended. */
export async function readReport(request: ReportRequest): Promise<ReportModel> {
  const candidate = await endedRun(request.candidate);
  const baseline = request.baseline && (await endedRun(request.baseline));
  const { phrasings, seeds, questions: planned } = candidate.plan;
  const ordered = [...seeds].sort((a, b) => a - b);
  const shape = { phrasings, seeds: ordered, perQuestion: phrasings * ordered.length };
  const places: QuestionPlaces = new Map();
  const capacity = { shape, questions: Math.max(planned, baseline?.plan.questions ?? 0), places };
  const read: Reading = {
    request,
    shape,
    gold: await goldOf(request.candidate),
    candidate: { record: candidate, ...readColumns(request.candidate, candidate, capacity) },
    ...(baseline &&
      request.baseline && {
        baseline: { record: baseline, ...readColumns(request.baseline, baseline, capacity) },
      }),
  };
  const arms = { candidate: armOf(read.candidate), ...(read.baseline && { baseline: armOf(read.baseline) }) };
  const incomparable = incomparableOf(read, places);
  const comparison = incomparable === undefined ? request.comparison : undefined;
  const { verdicts, withTexts } = request;
  const questions = questionsOf(read, places, incomparable === undefined);
  return {
    ...arms,
    ...(comparison && { comparison }),
    ...(incomparable !== undefined && { incomparable }),
    verdicts,
    shape,
    questions,
    withTexts,
  };
}

type ReadArm = ReadCalls & { readonly record: RunRecord };

interface Reading {
  readonly request: ReportRequest;
  readonly shape: ReportShape;
  readonly gold: StoredGold;
  readonly candidate: ReadArm;
  readonly baseline?: ReadArm;
}

async function endedRun(folder: RunFolder): Promise<RunRecord> {
  const record = await readRecord(folder);
  if (record !== undefined) return record;
  throw new UserError(`run ${folder.id} has not ended: it has no run.json`, {
    hint: `resume it: flipgate run --resume ${folder.id}`,
    exitCode: exitCodes.error,
  });
}

/** What was asked; nothing where the store has lost it: the numbers are told all the same. */
async function goldOf(folder: RunFolder): Promise<StoredGold> {
  const nothing: StoredGold = { questions: [], documents: {} };
  const plan = await readPlan(folder).catch(() => undefined);
  if (plan === undefined) return nothing;
  return readStoredGold(path.dirname(folder.path), plan.gold.stored_as).catch(() => nothing);
}

function armOf({ record, calls }: ReadArm): ReportArm {
  return { record, calls };
}

/** Why the runs cannot be compared. One that was not asked to its end lacks questions: that is told of it, and is no reason. */
function incomparableOf({ candidate, baseline, shape }: Reading, places: QuestionPlaces): string | undefined {
  if (baseline === undefined) return undefined;
  const isWhole = [candidate, baseline].every(({ record }) => record.status === 'complete');
  const measured = ({ record, starts }: ReadArm): ComparableRun => {
    const isAsked = (place: number): boolean =>
      starts
        .subarray(place * shape.perQuestion, (place + 1) * shape.perQuestion)
        .some((start) => start !== -1);
    const questions = [...places].flatMap(([id, place]) => (!isWhole || isAsked(place) ? [id] : []));
    return { record, shape: { questions } };
  };
  return comparabilityProblem({ candidate: measured(candidate), baseline: measured(baseline) });
}

function questionsOf(
  reading: Reading,
  places: QuestionPlaces,
  comparable: boolean,
): readonly ReportQuestion[] {
  const { candidate, baseline, shape, gold } = reading;
  const written = new Map(gold.questions.map((question) => [question.id, question]));
  const measured = [...places].map(([id, place]) => {
    const sides = {
      candidate: measuresOf(
        { calls: candidate.calls, other: comparable ? baseline?.calls : undefined },
        place,
        shape,
      ),
      ...(baseline && {
        baseline: measuresOf(
          { calls: baseline.calls, other: comparable ? candidate.calls : undefined },
          place,
          shape,
        ),
      }),
    };
    const worsening = worseningOf(comparable ? sides : { candidate: sides.candidate });
    return { id, place, ...sides, worsening, question: written.get(id) };
  });
  measured.sort((a, b) => b.worsening - a.worsening || compareCodeUnits(a.id, b.id));
  return withDetails(measured, reading);
}

interface MeasuredQuestion {
  readonly id: string;
  readonly place: number;
  readonly candidate: Measures;
  readonly baseline?: Measures;
  readonly worsening: number;
  readonly question: Question | undefined;
}

function withDetails(measured: readonly MeasuredQuestion[], reading: Reading): readonly ReportQuestion[] {
  const { request, shape, candidate, baseline, gold } = reading;
  const { withTexts } = request;
  const calls = measured.length * shape.perQuestion * (baseline === undefined ? 1 : 2);
  const full = calls <= callsInFull ? measured.length : questionsInFull;
  const options: DetailOptions = { shape, withTexts, documents: new Map(Object.entries(gold.documents)) };
  const runs = {
    candidate: openRun(request.candidate, candidate),
    baseline: request.baseline && baseline && openRun(request.baseline, baseline),
  };
  try {
    return measured.map(({ question, ...rest }, index) => ({
      ...rest,
      tags: question?.tags ?? [],
      ...(withTexts &&
        question !== undefined && {
          asked: question.question.slice(0, index < questionsInShort ? 500 : 100),
        }),
      ...(index < questionsInShort && {
        detail: detailOf({ question, place: rest.place, full: index < full }, runs, options),
      }),
    }));
  } finally {
    runs.candidate.close();
    runs.baseline?.close();
  }
}
