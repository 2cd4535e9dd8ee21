import type { Arm } from '../arms/arm.ts';
import type { Clock } from '../base/world.ts';
import type { Plan } from '../plan/plan.ts';
import type { AnswersFile } from './answers-file.ts';
import { createAsker, type Asked, type Asker } from './attempt.ts';
import { journaledCall, plannedCall, type JournaledCall } from './call-line.ts';
import type { PaceMember } from './lockstep.ts';
import { pause } from '../base/pause.ts';

export interface ArmQueueSettings {
  /** Calls under way at most. */
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Faults in a row after which the arm counts as gone. */
  readonly abortAfter: number;
  /** Calls per second: an open loop. Absent: a closed one. */
  readonly rate?: number | undefined;
}

/** Everything needed to ask one arm all the cells that are not done. */
export interface ArmQueue {
  readonly runId: string;
  readonly arm: Arm;
  readonly plan: Plan;
  readonly settings: ArmQueueSettings;
  /** 1 where the cell with this plan index is done. Filled while asking. */
  readonly done: Uint8Array;
  readonly answers: AnswersFile;
  readonly pace: PaceMember;
  readonly clock: Clock;
  /** Aborted: ask no more, finish what is under way. */
  readonly stopAsking: AbortSignal;
  /** Aborted: let go of what is under way too. */
  readonly stopNow: AbortSignal;
  readonly onCall: (call: { arm: string; faulted: boolean }) => void;
}

export type QueueEnd = 'complete' | 'aborted' | 'interrupted';

/**
 * Asks one arm every cell that is not done, in the plan's order, never more at a time than its concurrency. Each answer is in the journal
 * before the next call takes its place. Rejects only when the journal cannot be written.
 */
export async function askQueue(queue: ArmQueue): Promise<QueueEnd> {
  const state: QueueState = {
    position: 0,
    issued: 0,
    faultsInARow: 0,
    gone: false,
    started: queue.clock.monotonic(),
  };
  const worker = async (): Promise<void> => {
    const asker = createAsker(queue.arm, { ...queue.settings, stop: queue.stopNow });
    try {
      await askInTurn(queue, state, asker);
    } finally {
      asker.close();
    }
  };
  try {
    await allSettledOrThrow(Array.from({ length: queue.settings.concurrency }, worker));
  } finally {
    queue.pace.leave();
  }
  if (queue.done.every((flag) => flag === 1)) return 'complete';
  return state.gone ? 'aborted' : 'interrupted';
}

/** One worker: a call at a time, until there is nothing left, the arm is gone, or somebody says stop. */
async function askInTurn(queue: ArmQueue, state: QueueState, asker: Asker): Promise<void> {
  while (!queue.stopAsking.aborted && !state.gone) {
    const due = nextCell(queue, state);
    if (due === undefined) return;
    await queue.pace.turn(due.position);
    if (due.scheduled !== undefined) await pause(due.scheduled - queue.clock.monotonic(), queue.stopAsking);
    if (queue.stopAsking.aborted || state.gone) return;
    const answered = await answerCell(queue, due, asker);
    if (answered === undefined) return;
    await keepAnswer(queue, due.index, answered.journaled);
    state.faultsInARow = answered.asked.answer.outcome === 'ok' ? 0 : state.faultsInARow + 1;
    // Once gone it stays gone, even when a call that was under way still succeeds.
    state.gone ||= state.faultsInARow >= queue.settings.abortAfter;
  }
}

interface QueueState {
  position: number;
  issued: number;
  faultsInARow: number;
  gone: boolean;
  readonly started: number;
}

interface DueCell {
  readonly index: number;
  readonly position: number;
  /** Monotonic seconds. */
  readonly scheduled?: number;
}

function nextCell(queue: ArmQueue, state: QueueState): DueCell | undefined {
  for (; state.position < queue.plan.order.length; state.position += 1) {
    const index = queue.plan.order[state.position] ?? 0;
    if (queue.done[index] === 1) continue;
    const position = state.position;
    state.position += 1;
    const { rate } = queue.settings;
    if (rate === undefined) return { index, position };
    state.issued += 1;
    return { index, position, scheduled: state.started + (state.issued - 1) / rate };
  }
  return undefined;
}

interface Answered {
  readonly asked: Asked;
  readonly journaled: JournaledCall;
}

/** Asks one cell; `undefined` when it was cancelled. */
export async function answerCell(
  queue: ArmQueue,
  due: Pick<DueCell, 'index' | 'scheduled'>,
  asker: Asker,
): Promise<Answered | undefined> {
  const call = plannedCall(queue.plan.cell(due.index), { id: queue.runId, arm: queue.arm.name });
  // When it was due, so that `at` and the latency together tell when the answer came.
  const lateSeconds = due.scheduled === undefined ? 0 : Math.max(0, queue.clock.monotonic() - due.scheduled);
  const at = queue.clock.now() - 1000 * lateSeconds;
  const asked = await asker.ask(call.request);
  return asked && { asked, journaled: journaledCall(call, asked, { at, scheduled: due.scheduled }) };
}

/** Resolves when the answer counts as had. */
export async function keepAnswer(queue: ArmQueue, index: number, journaled: JournaledCall): Promise<void> {
  await queue.answers.add(journaled);
  queue.done[index] = 1;
  queue.onCall({ arm: queue.arm.name, faulted: journaled.line.outcome !== 'ok' });
}

/** Waits for all, even when one fails: nothing may go on writing after the caller thinks it is over. */
async function allSettledOrThrow(promises: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
