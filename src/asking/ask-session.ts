import type { Clock } from '../base/world.ts';
import { idempotencyKey } from '../plan/call-key.ts';
import { createRandom, shuffledIndices } from '../plan/random.ts';
import { openAnswersFile, type AnswersFile } from './answers-file.ts';
import { createAsker } from './attempt.ts';
import { plannedCall } from './call-line.ts';
import { askQueue, type ArmQueue, type QueueEnd } from './arm-queue.ts';
import { createPace, type PaceMember } from './lockstep.ts';
import { probeArtifact } from './probe.ts';
import type { OpenRun } from './session.ts';

export interface Asking {
  readonly clock: Clock;
  /** Questions asked beforehand and not measured. */
  readonly warmup: number;
  readonly stopAsking: AbortSignal;
  readonly stopNow: AbortSignal;
  readonly onCall: ArmQueue['onCall'];
}

/** Cells that one arm may be ahead of another, in calls under way: enough that nobody waits for a single slow call. */
const leadInConcurrencies = 8;

/**
 * Asks all runs of a session together, interleaved in one seeded order. Returns how each ended, in their order.
 * Rejects with a `UserError` (exit 4) when an arm is another artifact than at the first part of its run, or when the store cannot be written.
 */
export async function askSession(runs: readonly OpenRun[], asking: Asking): Promise<readonly QueueEnd[]> {
  const broken = new AbortController();
  const stopAsking = AbortSignal.any([asking.stopAsking, broken.signal]);
  const pace = createPace(maxAhead(runs));
  const members = runs.map(() => pace.join());
  const ends = await Promise.allSettled(
    runs.map(async (run, index) => {
      const member = members[index] ?? pace.join();
      try {
        return await askRun(run, { ...asking, stopAsking }, member);
      } catch (error) {
        broken.abort();
        throw error;
      } finally {
        member.leave();
      }
    }),
  );
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

function maxAhead(runs: readonly OpenRun[]): number {
  const paced = runs.every((run) => run.member.settings.rate === undefined);
  return paced
    ? leadInConcurrencies * Math.max(...runs.map((run) => run.member.settings.concurrency))
    : Number.POSITIVE_INFINITY;
}

async function askRun(run: OpenRun, asking: Asking, pace: PaceMember): Promise<QueueEnd> {
  if (run.recovered.asked === run.plan.cells) return 'complete';
  await warmUp(run, asking);
  const answers = await openAnswersFile(run.folder);
  try {
    const queue = queueOf(run, { asking, pace, answers });
    if (run.recovered.artifacts.size > 0) await probeArtifact(queue, run.recovered.artifacts);
    return await askQueue(queue);
  } finally {
    await answers.close();
  }
}

function queueOf(run: OpenRun, parts: { asking: Asking; pace: PaceMember; answers: AnswersFile }): ArmQueue {
  const { clock, stopAsking, stopNow, onCall } = parts.asking;
  const { done } = run.recovered;
  const { arm, settings } = run.member;
  return {
    runId: run.folder.id,
    arm,
    plan: run.plan,
    settings,
    done,
    answers: parts.answers,
    pace: parts.pace,
    clock,
    stopAsking,
    stopNow,
    onCall,
  };
}

/** Questions that fill the arm's caches and are not measured; their own idempotency keys, so that no measured call is taken for a repeat. */
async function warmUp(run: OpenRun, asking: Asking): Promise<void> {
  const { plan, member } = run;
  const chosen = Array.from(
    shuffledIndices(plan.questions.length, createRandom(plan.orderSeed)).slice(0, asking.warmup),
  );
  const perQuestion = plan.phrasings * plan.seeds.length;
  const worker = async (): Promise<void> => {
    const asker = createAsker(member.arm, { ...member.settings, stop: asking.stopNow });
    try {
      for (let next = chosen.pop(); next !== undefined && !asking.stopAsking.aborted; next = chosen.pop()) {
        const { request, key } = plannedCall(plan.cell(next * perQuestion), {
          id: run.folder.id,
          arm: member.arm.name,
        });
        const warm = { ...request, idempotency_key: idempotencyKey(`${run.folder.id}-warmup`, key) };
        await asker.ask(warm);
      }
    } finally {
      asker.close();
    }
  };
  await Promise.all(Array.from({ length: member.settings.concurrency }, worker));
}
