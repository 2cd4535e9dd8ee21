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
}
