import { UserError, exitCodes } from '../base/errors.ts';
import { readLines } from '../base/files.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallLine } from '../scoring/record.ts';
import { createAnswerCounter, type IsRepeated } from '../scoring/repeated-answers.ts';
import { returnsAnswers } from '../scoring/score-question.ts';
import { LineFile } from './line-file.ts';
import { parseCall } from './documents/call.ts';
import { planPlaceOf } from './recover.ts';
import type { RunFolder } from './run-folder.ts';
import { openTexts } from './stored-texts.ts';

/** A run's calls and texts, read from its files by place and by hash: memory holds where they are, not what they say. */
export interface StoredCalls {
  /** Whether the arm returns answers, or only retrieves: one answered call with an answer is enough. */
  readonly answers: boolean;
  /** Whether an answer is one that the arm gives whatever it is asked. */
  readonly isRepeated: IsRepeated;
  /** When the last answer came, RFC 3339; absent without calls. */
  readonly lastAnswerAt: string | undefined;
  /** The calls of one question, in plan order; cells that were not asked are left out. */
  ofQuestion(questionIndex: number): readonly CallLine[];
  /** A retrieved text by its SHA-256. Throws a `UserError` (exit 4) for one that the record has lost. */
  textOf(hash: string): string;
  close(): void;
}

/** Opens the calls of a run for reading in plan order. */
export function openStoredCalls(folder: RunFolder, plan: Plan, arm: string): StoredCalls {
  const calls = indexCalls(folder.calls, plan, arm);
  const texts = openTexts(folder.snippets);
  const perQuestion = plan.phrasings * plan.seeds.length;
  return {
    answers: calls.answers,
    isRepeated: calls.isRepeated,
    lastAnswerAt: calls.lastAnswer === undefined ? undefined : new Date(calls.lastAnswer).toISOString(),
    ofQuestion(questionIndex) {
      const first = questionIndex * perQuestion;
      const indices = Array.from({ length: perQuestion }, (_, offset) => first + offset);
      return indices.flatMap((index) => calls.at(index) ?? []);
    },
    textOf(hash) {
      const text = texts.textOf(hash);
      if (text !== undefined) return text;
      throw new UserError(`"${folder.snippets}" has no text ${hash}`, {
        hint: 'the record is damaged: ask again',
        exitCode: exitCodes.error,
      });
    },
    close() {
      calls.close();
      texts.close();
    },
  };
}

/** When a call's answer came, in milliseconds since 1970. */
export function answeredAt({ at, latency }: CallLine): number {
  return Date.parse(at) + Math.round(1000 * (latency?.total ?? 0));
}

interface IndexedCalls extends Pick<StoredCalls, 'answers' | 'isRepeated' | 'close'> {
  /** Milliseconds since 1970. */
  readonly lastAnswer: number | undefined;
  at(index: number): CallLine | undefined;
}

function indexCalls(file: string, plan: Plan, arm: string): IndexedCalls {
  const starts = new Float64Array(plan.cells).fill(-1);
  const lengths = new Uint32Array(plan.cells);
  const perQuestion = plan.phrasings * plan.seeds.length;
  const counter = createAnswerCounter();
  let answers = false;
  let lastAnswer: number | undefined;
  for (const { text, start, length, whole } of readLines(file)) {
    const call = whole ? parseCall(text) : undefined;
    const index = call && planPlaceOf(call, plan, arm);
    if (call === undefined || index === undefined || starts[index] !== -1) continue;
    answers ||= returnsAnswers([call]);
    if (call.outcome === 'ok' && call.answer !== undefined)
      counter.add(Math.floor(index / perQuestion), call.answer);
    lastAnswer = Math.max(lastAnswer ?? 0, answeredAt(call));
    starts[index] = start;
    lengths[index] = length;
  }
  const lines = new LineFile(file);
  return {
    answers,
    isRepeated: counter.end(plan.questions),
    lastAnswer,
    at(index) {
      const start = starts[index] ?? -1;
      return start === -1 ? undefined : parseCall(lines.read({ start, length: lengths[index] ?? 0 }));
    },
    close: () => lines.close(),
  };
}
