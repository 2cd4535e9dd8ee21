import { readFileSync } from 'node:fs';
import type { ReportModel } from './html/model.ts';
import { reportPage, type PageAssets } from './html/page.ts';

/** A report as one page with the style and the script of this version. */
export function pageOf(model: ReportModel): string {
  return reportPage(model, pageAssets());
}

let assets: PageAssets | undefined;

/** The page's style and script, as `npm run build` wrote them. */
export function pageAssets(): PageAssets {
  const built = (name: string): string =>
    readFileSync(new URL(`../../dist/reports/html/${name}`, import.meta.url), 'utf8').trim();
  assets ??= { style: built('page.css'), script: built('client/main.js') };
  return assets;
}
