import type { Clock } from '../base/world.ts';
import { openEmbedder } from '../embed/open.ts';
import { startReferenceArms, type ReferenceSettings } from './reference-arms.ts';

/** What the parent hands over before the service starts. */
export interface ServiceOrder extends ReferenceSettings {
  readonly cacheFolder: string;
}

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() / 1000 };

// The service of the reference arms as its own process: it starts when its parent sends the order, tells where it listens, and ends with its parent.
process.once('message', (order: ServiceOrder) => {
  void serve(order);
});
process.once('disconnect', () => process.exit());

async function serve(order: ServiceOrder): Promise<void> {
  try {
    const embedder = openEmbedder(
      { model: 'all-MiniLM-L6-v2' },
      { cacheFolder: order.cacheFolder, workingDirectory: order.goldFolder, environment: process.env },
    );
    const { arms } = await startReferenceArms(order, embedder, clock);
    process.send?.({ arms });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
}
