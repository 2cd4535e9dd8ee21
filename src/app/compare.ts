import path from 'node:path';
import { writeAtomically } from '../base/files.ts';
import { storeComparison } from '../store/documents/comparison.ts';
import { drawResamples } from '../statistics/bootstrap.ts';
import { compareRuns, type Comparison } from '../statistics/comparison.ts';
import { renewReports, renewingPages } from './renew-reports.ts';
import type { ReportSetting } from './report.ts';
import { signingOf } from './signing/signing.ts';
import { comparablePair, foldersOf, type BothReferences, type Folders } from './stored-pair.ts';

export interface Compared {
  readonly comparison: Comparison;
  readonly folders: Required<Folders>;
  /** The stored comparison and the pages that were written anew. */
  readonly files: readonly string[];
}

/** Compares two stored runs cell by cell and stores the comparison; the draws too, where `resamples` names a file for them. */
export function compareStored(
  references: BothReferences,
  setting: ReportSetting,
  resamples?: string,
): Promise<Compared> {
  const { config, world } = setting;
  return renewingPages([references.candidate], setting, async () => {
    const folders = await foldersOf(references, config, world);
    const { trust, signer } = signingOf(config, world);
    const pair = await comparablePair(folders, config, trust);
    const comparison = compareRuns(pair);
    const file = await storeComparison(config.store, comparison, signer());
    if (resamples !== undefined)
      await writeResamples(
        path.resolve(world.workingDirectory, resamples),
        pair.candidate.shape.questions,
        comparison,
      );
    const pages = await renewReports(
      { candidate: folders.candidate.id, baseline: folders.baseline.id },
      setting,
    );
    return { comparison, folders, files: [file, ...pages] };
  });
}

/** A header line with the questions in order, then one line a resample: the places of its drawn questions. */
async function writeResamples(
  file: string,
  questions: readonly string[],
  { bootstrap }: Comparison,
): Promise<void> {
  const lines = [`${JSON.stringify({ schema: 'flipgate.resamples/1', ...bootstrap, questions })}\n`];
  drawResamples({ ...bootstrap, questions: questions.length }, (_, drawn) =>
    lines.push(`[${drawn.join(',')}]\n`),
  );
  await writeAtomically(file, lines);
}
