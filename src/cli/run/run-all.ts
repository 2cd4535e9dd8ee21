import { evaluate, type Evaluated } from '../../app/evaluate.ts';
import type { World } from '../../base/world.ts';
import type { OpenRun } from '../../asking/session.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { terminalProgress } from '../work-progress.ts';
import type { PreparedRun } from './prepared-run.ts';

/** Evaluates what was prepared, with progress on stderr, until it has ended or somebody interrupts it. */
export async function runAll(prepared: PreparedRun): Promise<Evaluated> {
  const { world, flags } = prepared;
  const interrupts = listenForInterrupts(world);
  try {
    return await evaluate(
      { ...prepared, scores: flags.scores },
      {
        interrupts,
        progress: terminalProgress(world, flags.quiet),
        onOpened: (runs) => reportRecovered(runs, world),
      },
    );
  } finally {
    interrupts.stopListening();
  }
}

function reportRecovered(runs: readonly OpenRun[], world: World): void {
  for (const { recovered, file } of runs) {
    if (recovered.asked + recovered.torn + recovered.dropped === 0) continue;
    const notes = [
      recovered.torn > 0 ? [`${recovered.torn} cut lines dropped`] : [],
      recovered.dropped > 0 ? [`${recovered.dropped} calls that no longer hold dropped`] : [],
    ].flat();
    world.stderr.write(
      `${file.arm}: ${[`${recovered.asked} calls were already asked`, ...notes].join(', ')}\n`,
    );
  }
}
