import { onAbort } from './on-abort.ts';

export interface LimitedTime {
  /** Aborted when the time is over, and when the signal is that the limit was given for. */
  readonly signal: AbortSignal;
  /** Lets go of timer and signal: a signal that lives long keeps nothing of what is over. */
  done(): void;
}

/** Starts a time limit beneath `signal`. */
export function limitTime(signal: AbortSignal, milliseconds: number): LimitedTime {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  const stopped = (): void => controller.abort(signal.reason);
  if (signal.aborted) stopped();
  const forget = onAbort(signal, stopped);
  return {
    signal: controller.signal,
    done() {
      clearTimeout(timer);
      forget();
    },
  };
}
