import { readFileSync } from 'node:fs';
import { writeAtomically } from '../base/files.ts';
import type { ReportModel } from '../reporters/html/model.ts';
import { reportPage, type PageAssets } from '../reporters/html/page.ts';

/** Writes a report as one page, whole or not at all. */
export async function writeReport(file: string, model: ReportModel): Promise<void> {
  await writeAtomically(file, reportPage(model, pageAssets()));
}

let assets: PageAssets | undefined;

/** The page's style and script, as `npm run build` wrote them. */
export function pageAssets(): PageAssets {
  const built = (name: string): string => readFileSync(new URL(`../../dist/reporters/html/${name}`, import.meta.url), 'utf8').trim();
  assets ??= { style: built('page.css'), script: built('client/main.js') };
  return assets;
}
