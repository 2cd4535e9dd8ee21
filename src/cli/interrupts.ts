import { setMaxListeners } from 'node:events';
import { Interruption, type Interrupts } from '../app/interrupts.ts';
import type { World } from '../base/world.ts';

/** Interrupts that somebody listens for. */
export interface HeardInterrupts extends Interrupts {
  stopListening(): void;
}

/** Listens for Ctrl-C and SIGTERM until told to stop, and says what they do. */
export function listenForInterrupts(world: World): HeardInterrupts {
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
