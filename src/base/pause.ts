import { onAbort } from './on-abort.ts';

/** Waits, or less when there is a signal and it says stop; never throws. */
export async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  if (seconds <= 0 || signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      forget?.();
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    const forget = signal && onAbort(signal, end);
  });
}
