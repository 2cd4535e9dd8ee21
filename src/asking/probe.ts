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
export async function probeArtifact(lane: ArmQueue, recorded: ReadonlySet<string>): Promise<void> {
  const reported = await reportedVersions(lane);
  if (reported !== undefined) return compare(lane, artifactOf(reported).sha256, recorded);
  const asker = createAsker(lane.arm, { ...lane.settings, stop: lane.stopNow });
  try {
    for (let faults = 0; faults < lane.settings.abortAfter && !lane.stopAsking.aborted; faults += 1) {
      const index = lane.plan.order.find((candidate) => lane.done[candidate] !== 1);
      if (index === undefined || (await probeCell({ lane, asker, recorded }, index))) return;
    }
  } finally {
    asker.close();
  }
}

async function reportedVersions(lane: ArmQueue): Promise<Versions | undefined> {
  const limit = limitTime(lane.stopNow, lane.settings.timeoutSeconds * 1000);
  const reported = lane.arm.versions?.({ signal: limit.signal }).catch(() => undefined);
  return Promise.resolve(reported).finally(limit.done);
}

interface Probe {
  readonly lane: ArmQueue;
  readonly asker: Asker;
  readonly recorded: ReadonlySet<string>;
}

/** Asks one missing cell; true when it told the artifact, or nobody wants to know any more. */
async function probeCell({ lane, asker, recorded }: Probe, index: number): Promise<boolean> {
  const answered = await answerCell(lane, { index }, asker);
  if (answered === undefined) return true;
  const { line } = answered.journaled;
  if (line.outcome === 'ok') compare(lane, line.artifact_sha256, recorded);
  await keepAnswer(lane, index, answered.journaled);
  return line.outcome === 'ok';
}

function compare(lane: ArmQueue, found: string, recorded: ReadonlySet<string>): void {
  if (recorded.has(found)) return;
  const before = [...recorded].map((sha) => sha.slice(0, 12)).join(', ');
  throw new UserError(
    `arm "${lane.arm.name}" reports artifact ${found.slice(0, 12)}, the run was begun with ${before}`,
    {
      hint: 'answers of two artifacts make no record: start a new run',
      exitCode: exitCodes.error,
    },
  );
}
