import path from 'node:path';
import type { GoldSet } from '../plan/gold-set.ts';
import { placesOf } from './documents.ts';
import type { LoadOptions } from './load.ts';
import { locateGold } from './locate.ts';

/** Every path whose change can change a gold set: its files, its folder, and where its documents are looked for, there or not. */
export async function goldPaths(
  written: string,
  { workingDirectory, corpusRoot }: LoadOptions,
  gold: GoldSet | undefined,
): Promise<readonly string[]> {
  const asked = path.resolve(workingDirectory, written);
  const layout = await locateGold(written, workingDirectory).catch(() => undefined);
  if (layout === undefined) return [asked];
  const files = layout.kind === 'one' ? [layout.file] : [layout.qa, layout.citations, layout.paraphrases];
  const corpus = corpusRoot === undefined ? undefined : path.resolve(workingDirectory, corpusRoot);
  const sources = new Set(
    gold?.questions.flatMap(({ anchors }) => anchors.flatMap(({ source_url: url }) => url ?? [])),
  );
  const documents = [...sources].flatMap((source) =>
    placesOf(source, { goldFolder: layout.folder, corpusRoot: corpus }).map(({ root, file }) =>
      path.join(root, file),
    ),
  );
  return [...new Set([asked, ...files.map(({ absolute }) => absolute), ...documents])];
}
