import { noProgress, type WorkProgress } from '../app/work-progress.ts';
import type { World } from '../base/world.ts';
import { createProgress, createScoringProgress, progressSink } from '../reports/terminal/progress.ts';

/** Progress on stderr; none where it is to be quiet. */
export function terminalProgress(world: World, quiet = false): WorkProgress {
  if (quiet) return noProgress;
  const shownOn = progressSink(world, false);
  return {
    asking(total) {
      const { onCall, end } = createProgress({ ...shownOn, total });
      return { onProgress: onCall, end };
    },
    scoring: (arm) => createScoringProgress(arm, shownOn),
  };
}
