import { limitTime } from '../base/time-limit.ts';
import { UserError, exitCodes } from '../base/errors.ts';
import { artifactOf } from '../scoring/artifact.ts';
import type { Versions } from '../scoring/answer.ts';
import { createAsker, type Asker } from './attempt.ts';
import { answerCell, keepAnswer, type ArmQueue } from './arm-queue.ts';

/**
 * Makes sure, before a run is asked further, that the arm is still the artifact that it was: by its `versionsUrl`, or by the first missing
 * cells, which count as asked. Throws a `UserError` (exit 4) when it is another.
 */
export async function probeArtifact(queue: ArmQueue, recorded: ReadonlySet<string>): Promise<void> {
  const reported = await reportedVersions(queue);
  if (reported !== undefined) return compare(queue, artifactOf(reported).sha256, recorded);
  const asker = createAsker(queue.arm, { ...queue.settings, stop: queue.stopNow });
  try {
    for (let faults = 0; faults < queue.settings.abortAfter && !queue.stopAsking.aborted; faults += 1) {
      const index = queue.plan.order.find((candidate) => queue.done[candidate] !== 1);
      if (index === undefined || (await probeCell({ queue, asker, recorded }, index))) return;
    }
  } finally {
    asker.close();
  }
}

async function reportedVersions(queue: ArmQueue): Promise<Versions | undefined> {
  const limit = limitTime(queue.stopNow, queue.settings.timeoutSeconds * 1000);
  const reported = queue.arm.versions?.({ signal: limit.signal }).catch(() => undefined);
  return Promise.resolve(reported).finally(limit.done);
}

interface Probe {
  readonly queue: ArmQueue;
  readonly asker: Asker;
  readonly recorded: ReadonlySet<string>;
}

/** Asks one missing cell; true when it told the artifact, or nobody wants to know any more. */
async function probeCell({ queue, asker, recorded }: Probe, index: number): Promise<boolean> {
  const answered = await answerCell(queue, { index }, asker);
  if (answered === undefined) return true;
  const { line } = answered.journaled;
  if (line.outcome === 'ok') compare(queue, line.artifact_sha256, recorded);
  await keepAnswer(queue, index, answered.journaled);
  return line.outcome === 'ok';
}

function compare(queue: ArmQueue, found: string, recorded: ReadonlySet<string>): void {
  if (recorded.has(found)) return;
  const before = [...recorded].map((sha) => sha.slice(0, 12)).join(', ');
  throw new UserError(
    `arm "${queue.arm.name}" reports artifact ${found.slice(0, 12)}, the run was begun with ${before}`,
    {
      hint: 'answers of two artifacts make no record: start a new run',
      exitCode: exitCodes.error,
    },
  );
}
