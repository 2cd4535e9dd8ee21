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
export async function askLane(lane: ArmQueue): Promise<QueueEnd> {
  const state: LaneState = {
    position: 0,
    issued: 0,
    faultsInARow: 0,
    gone: false,
    started: lane.clock.monotonic(),
  };
  const worker = async (): Promise<void> => {
    const asker = createAsker(lane.arm, { ...lane.settings, stop: lane.stopNow });
    try {
      await askInTurn(lane, state, asker);
    } finally {
      asker.close();
    }
  };
  try {
    await allSettledOrThrow(Array.from({ length: lane.settings.concurrency }, worker));
  } finally {
    lane.pace.leave();
  }
  if (lane.done.every((flag) => flag === 1)) return 'complete';
  return state.gone ? 'aborted' : 'interrupted';
}

/** One worker: a call at a time, until there is nothing left, the arm is gone, or somebody says stop. */
async function askInTurn(lane: ArmQueue, state: LaneState, asker: Asker): Promise<void> {
  while (!lane.stopAsking.aborted && !state.gone) {
    const due = nextCell(lane, state);
    if (due === undefined) return;
    await lane.pace.turn(due.position);
    if (due.scheduled !== undefined) await pause(due.scheduled - lane.clock.monotonic(), lane.stopAsking);
    if (lane.stopAsking.aborted || state.gone) return;
    const answered = await answerCell(lane, due, asker);
    if (answered === undefined) return;
    await keepAnswer(lane, due.index, answered.journaled);
    state.faultsInARow = answered.asked.answer.outcome === 'ok' ? 0 : state.faultsInARow + 1;
    // Once gone it stays gone, even when a call that was under way still succeeds.
    state.gone ||= state.faultsInARow >= lane.settings.abortAfter;
  }
}

interface LaneState {
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

function nextCell(lane: ArmQueue, state: LaneState): DueCell | undefined {
  for (; state.position < lane.plan.order.length; state.position += 1) {
    const index = lane.plan.order[state.position] ?? 0;
    if (lane.done[index] === 1) continue;
    const position = state.position;
    state.position += 1;
    const { rate } = lane.settings;
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
  lane: ArmQueue,
  due: Pick<DueCell, 'index' | 'scheduled'>,
  asker: Asker,
): Promise<Answered | undefined> {
  const call = plannedCall(lane.plan.cell(due.index), { id: lane.runId, arm: lane.arm.name });
  // When it was due, so that `at` and the latency together tell when the answer came.
  const lateSeconds = due.scheduled === undefined ? 0 : Math.max(0, lane.clock.monotonic() - due.scheduled);
  const at = lane.clock.now() - 1000 * lateSeconds;
  const asked = await asker.ask(call.request);
  return asked && { asked, journaled: journaledCall(call, asked, { at, scheduled: due.scheduled }) };
}

/** Resolves when the answer counts as had. */
export async function keepAnswer(lane: ArmQueue, index: number, journaled: JournaledCall): Promise<void> {
  await lane.answers.add(journaled);
  lane.done[index] = 1;
  lane.onCall({ arm: lane.arm.name, faulted: journaled.line.outcome !== 'ok' });
}

/** Waits for all, even when one fails: nothing may go on writing after the caller thinks it is over. */
async function allSettledOrThrow(promises: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
