import { onAbort } from './on-abort.ts';

/**
 * Starts something with a signal of its own, and waits no longer than `signal` allows, whatever was started makes of it. Rejects with the
 * signal's reason; nothing is left on `signal`.
 */
export function untilAborted<Result>(
  signal: AbortSignal | undefined,
  start: (own: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const own = new AbortController();
  if (signal === undefined) return start(own.signal);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      own.abort(signal.reason);
      reject(signal.reason as Error); // what the signal was aborted with
    };
    if (signal.aborted) return stop();
    const forget = onAbort(signal, stop);
    start(own.signal).finally(forget).then(resolve, reject);
  });
}
