/** What is told of work while it goes on. */
export interface WorkStage<Event extends unknown[]> {
  readonly onProgress: (...event: Event) => void;
  readonly end: () => void;
}

/** Told how far asking and scoring are; whoever shows it decides how. */
export interface WorkProgress {
  /** Asking has `total` calls to make. */
  asking(total: number): WorkStage<[call: { readonly arm: string; readonly faulted: boolean }]>;
  /** Scoring an arm's run, by the share that is done, 0 to 1. */
  scoring(arm: string): WorkStage<[share: number]>;
}

const unheard: WorkStage<unknown[]> = { onProgress: () => undefined, end: () => undefined };

/** Tells nobody. */
export const noProgress: WorkProgress = { asking: () => unheard, scoring: () => unheard };
