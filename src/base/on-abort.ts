/** What is to be called when a signal is aborted; one listener each, whose making and unmaking costs a twentieth of a fast call. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `listener` when `signal` is aborted. Returns what takes the wish back. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = waiting.get(signal) ?? listenTo(signal);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  waiting.set(signal, listeners);
  signal.addEventListener(
    'abort',
    () => {
      for (const listener of listeners) listener();
      listeners.clear();
    },
    { once: true },
  );
  return listeners;
}
