import { rename, truncate } from 'node:fs/promises';
import { readLines, toWriteError } from '../base/files.ts';
import { openAnew } from '../base/regular-file.ts';
import { callKey } from '../plan/call-key.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallLine } from '../scoring/record.ts';
import { parseCall } from './documents/call.ts';
import type { RunFolder } from './run-folder.ts';

/** What an earlier process left in a run's journal. */
export interface Recovered {
  /** 1 where the cell with this plan index has its answer. */
  readonly done: Uint8Array;
  readonly asked: number;
  /** Lines that were cut by a kill. */
  readonly torn: number;
  /** Calls of questions that the gold set no longer asks like that. */
  readonly dropped: number;
  /** Artifacts that answered calls came from. */
  readonly artifacts: ReadonlySet<string>;
}

/** Of a run that has not begun. */
export function nothingAsked({ cells }: Plan): Recovered {
  return { done: new Uint8Array(cells), asked: 0, torn: 0, dropped: 0, artifacts: new Set() };
}

/** Of a run that has ended. */
export function nothingMissing(plan: Plan): Recovered {
  return { ...nothingAsked(plan), done: new Uint8Array(plan.cells).fill(1), asked: plan.cells };
}

interface Survey extends Omit<Recovered, 'dropped'> {
  /** Lines to keep as they are would be wrong: the file has to be written anew. */
  readonly outdated: number;
}

/**
 * Reads the journal of a run and fixes it: lines that were cut, that the plan no longer has, or whose texts are lost go, and are asked
 * again. Calls are recognised by what was asked, never by position.
 */
export async function recoverCalls(folder: RunFolder, plan: Plan, arm: string): Promise<Recovered> {
  const texts = await recoverTexts(folder.snippets);
  const places = placesByKey(plan, arm);
  const keep = (call: CallLine): number | undefined => {
    const known = call.retrieved?.every((snippet) => texts.has(snippet.text_sha256)) ?? true;
    return known ? places.get(call.key) : undefined;
  };
  const survey = surveyCalls(folder.calls, plan, keep);
  if (survey.torn + survey.outdated > 0) await rewriteCalls(folder.calls, plan, keep);
  const { outdated: dropped, ...rest } = survey;
  return { ...rest, dropped };
}

/** The plan index of every cell, by the key of its call. */
function placesByKey(plan: Plan, arm: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (let index = 0; index < plan.cells; index += 1) {
    const cell = plan.cell(index);
    places.set(
      callKey({ questionId: cell.question.id, phrasingText: cell.text, seed: cell.seed, arm }),
      index,
    );
  }
  return places;
}

/** The plan index of a call by its question, phrasing and seed; `undefined` when the plan asks something else there. */
export function planPlaceOf(call: CallLine, plan: Plan, arm: string): number | undefined {
  const index = plan.indexOf(call);
  if (index === undefined) return undefined;
  const { question, text, seed } = plan.cell(index);
  return callKey({ questionId: question.id, phrasingText: text, seed, arm }) === call.key ? index : undefined;
}

type Keep = (call: CallLine) => number | undefined;

function surveyCalls(file: string, plan: Plan, keep: Keep): Survey {
  const done = new Uint8Array(plan.cells);
  const artifacts = new Set<string>();
  let [asked, torn, outdated] = [0, 0, 0];
  for (const { text, whole } of readLines(file)) {
    const call = whole ? parseCall(text) : undefined;
    const place = call === undefined ? undefined : keep(call);
    if (call === undefined) torn += 1;
    else if (place === undefined || done[place] === 1) outdated += 1;
    else {
      if (call.phrasing !== plan.cell(place).phrasing) outdated += 1;
      if (call.outcome === 'ok') artifacts.add(call.artifact_sha256);
      done[place] = 1;
      asked += 1;
    }
  }
  return { done, asked, torn, outdated, artifacts };
}

async function rewriteCalls(file: string, plan: Plan, keep: Keep): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await openAnew(temporary);
    try {
      for (const lines of keptLines(file, plan, keep)) await handle.appendFile(lines);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    throw toWriteError(file, error);
  }
}

function* keptLines(file: string, plan: Plan, keep: Keep): Generator<string> {
  const done = new Uint8Array(plan.cells);
  for (const { text, whole } of readLines(file)) {
    const call = whole ? parseCall(text) : undefined;
    const place = call === undefined ? undefined : keep(call);
    if (call === undefined || place === undefined || done[place] === 1) continue;
    done[place] = 1;
    const { phrasing } = plan.cell(place);
    yield phrasing === call.phrasing ? `${text}\n` : `${JSON.stringify({ ...call, phrasing })}\n`;
  }
}

/** The texts that are whole; a line that was cut at the end is taken away, so that the next one starts on its own. */
async function recoverTexts(file: string): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>();
  for (const { text, start, whole } of readLines(file)) {
    const hash = whole ? textHash(text) : undefined;
    if (hash !== undefined) hashes.add(hash);
    else if (!whole) await truncate(file, start);
  }
  return hashes;
}

/** The hash in a line of `snippets.jsonl`, or `undefined` for what is none. */
export function textHash(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' &&
      value !== null &&
      'sha256' in value &&
      typeof value.sha256 === 'string'
      ? value.sha256
      : undefined;
  } catch {
    return undefined;
  }
}
