import type { Clock } from '../../base/world.ts';
import type { Answer, CallFinding, OkAnswer } from '../../scoring/answer.ts';
import type { AskRequest } from '../arm.ts';

/** A source of recorded answers. */
export interface Recording {
  answer(request: AskRequest): Promise<Answer>;
  close(): Promise<void>;
}

/** The fault of a cell that was not recorded. */
export const noRecordedAnswer: Answer = { outcome: 'shape', message: 'no recorded answer' };

const latencyNotRecorded = 'latency_not_recorded';

/** A timing of so many seconds, whose beginning means nothing; without them there is none, and the findings say so. */
export function recordedLatency(
  seconds: number | undefined,
  findings: readonly CallFinding[],
  clock: Clock,
): Pick<OkAnswer, 'timing' | 'findings'> {
  const others = findings.filter(({ code }) => code !== latencyNotRecorded);
  if (seconds === undefined) return { findings: [...others, { code: latencyNotRecorded }] };
  const sent = clock.monotonic();
  return { timing: { sent, received: sent + seconds, isRecorded: true }, findings: others };
}
