import type { Clock } from '../../base/world.ts';
import type { Answer, Timing } from '../../scoring/answer.ts';
import type { AskRequest } from '../arm.ts';

/** A source of recorded answers. */
export interface Recording {
  answer(request: AskRequest): Promise<Answer>;
  close(): Promise<void>;
}

/** The fault of a cell that was not recorded. */
export const noRecordedAnswer: Answer = { outcome: 'shape', message: 'no recorded answer' };

/** A timing of this many seconds; where it begins means nothing. */
export function timingOf(seconds: number, clock: Clock): Timing {
  const sent = clock.monotonic();
  return { sent, received: sent + seconds };
}
