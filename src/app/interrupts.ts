import { setMaxListeners } from 'node:events';
import type { World } from '../base/world.ts';

/** Why a signal of `Interrupts` aborts: whatever else is thrown after Ctrl-C is an error or a bug, as it would be before. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor() {
    super('interrupted');
  }
}

/** Ctrl-C once: ask no more, finish what is under way. Twice: let go at once. */
export interface Interrupts {
  readonly stopAsking: AbortSignal;
  readonly stopNow: AbortSignal;
  stopListening(): void;
}

/** Listens for Ctrl-C and SIGTERM until told to stop, and says what they do. */
export function listenForInterrupts(world: World): Interrupts {
  const asking = new AbortController();
  const now = new AbortController();
  // Every call under way listens, so there are as many listeners as calls.
  setMaxListeners(0, asking.signal, now.signal);
  const stopListening = world.onInterrupt((count) => {
    asking.abort(new Interruption());
    if (count === 1)
      world.stderr.write('\nstopping: calls under way are finished and kept; once more to stop at once\n');
    else now.abort(new Interruption());
  });
  return { stopAsking: asking.signal, stopNow: now.signal, stopListening };
}
