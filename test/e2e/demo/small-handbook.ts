import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEmbedder } from '../../../src/embed/open.ts';
import { startReferenceArms, type ReferenceArms } from '../../../src/demo/reference-arms.ts';
import { clock } from '../../support/clock.ts';
import type { Embedder } from '../../../src/embed/embedder.ts';

export const bread =
  '# Bread\n\n## Baking time\n\nA loaf of rye bread bakes for 50 minutes at 220 degrees. Knock on its bottom to hear if it is done.\n';
const bicycle =
  '# Bicycles\n\n## Tyre pressure\n\nPump a road bicycle tyre to seven bar. A soft tyre costs strength and is punctured sooner.\n\n' +
  '## Chain care\n\nOil the bicycle chain every two weeks. Wipe off what drips, because dust sticks to it.\n';
const garden =
  '# Garden\n\n## Watering tomatoes\n\nWater tomatoes in the morning at the root. Wet leaves catch blight within days.\n';

export const questions = [
  'How long does rye bread bake?',
  'Which pressure does a bicycle tyre need?',
  'When should I water tomatoes?',
];

export interface Workshop {
  readonly goldFolder: string;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
  remove(): Promise<void>;
}

/** A gold folder with three short documents, an older edition without one of them, and the bundled model. */
export function openWorkshop(): Workshop {
  const folder = mkdtempSync(path.join(tmpdir(), 'flipgate-demo-'));
  const goldFolder = path.join(folder, 'gold');
  write(goldFolder, 'handbook/bread.md', bread);
  write(goldFolder, 'handbook/bicycle.md', bicycle);
  write(goldFolder, 'handbook/garden.md', garden);
  write(
    goldFolder,
    'handbook/gold.jsonl',
    questions.map((question) => JSON.stringify({ question, paraphrases: [] })).join('\n'),
  );
  write(goldFolder, 'older/handbook/bicycle.md', bicycle);
  const cacheFolder = path.join(folder, 'cache');
  const embedder = openEmbedder(
    { model: 'all-MiniLM-L6-v2' },
    { cacheFolder, workingDirectory: folder, environment: {} },
  );
  const remove = async (): Promise<void> => {
    await embedder.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { goldFolder, cacheFolder, embedder, remove };
}

export function write(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Runs with the arms of a scenario and closes them, however it ends. */
export async function withArms<T>(
  workshop: Workshop,
  scenario: string,
  use: (arms: ReferenceArms['arms']) => Promise<T>,
): Promise<T> {
  const { arms, close } = await startReferenceArms(
    { scenario, goldFolder: workshop.goldFolder },
    workshop.embedder,
    clock,
  );
  try {
    return await use(arms);
  } finally {
    await close();
  }
}

export function ask(
  url: string,
  question: string,
  more: { seed?: number; key?: string } = {},
): Promise<globalThis.Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(more.key === undefined ? {} : { 'idempotency-key': more.key }),
    },
    body: JSON.stringify({ question, seed: more.seed ?? 1 }),
  });
}
