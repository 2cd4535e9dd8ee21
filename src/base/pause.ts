import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or less when the signal says stop; never throws. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds <= 0 || signal.aborted) return;
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
