import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readReport } from '../../src/reports/read/read-report.ts';
import { reportPage } from '../../src/reports/html/page.ts';
import { startBrowser } from '../support/browser.ts';
import { builtAssets } from '../support/built.ts';
import { recordRun } from '../support/recorded-runs.ts';
import { emptyStore } from '../support/store-files.ts';

/** Two runs whose answers and scores differ, in a view each or in the same. */
async function reportIn(view: string): Promise<string> {
  const store = await emptyStore();
  const baseline = await recordRun(store, {
    arm: 'blue',
    call: () => ({ answer: 'It turns.' }),
    record: { view },
  });
  const candidate = await recordRun(store, {
    call: () => ({ answer: 'It flips.' }),
    score: () => ({ coverage: 0.1 }),
  });
  const file = path.join(store, 'report.html');
  const model = await readReport({ candidate, baseline, verdicts: [], withTexts: true });
  await writeFile(file, reportPage(model, await builtAssets()));
  return file;
}

test.for([
  ['best', 4, true],
  ['pooled', 0, false],
] as const)(
  'two runs, the other one in the view %s: %d differences are told in the rows and answers',
  async (row, context) => {
    const [view, count, isCompared] = row;
    const browser = await startBrowser(context);
    try {
      const { page, said } = await browser.open(await reportIn(view), {}, '#?question=Q_0000');
      await page.locator('.side').first().waitFor();
      const found = page.locator('#question-list :is(.worse, .better, ins, del)');
      expect([await found.count(), said]).toEqual([count, []]);
      expect(await page.locator('input[name=worse], #pairs-coverage').count()).toBe(isCompared ? 2 : 0);
      expect(await page.locator('#question-list').innerText()).toContain(
        isCompared ? 'coverage 1.00 → 0.10' : 'coverage 1.00 and 0.10',
      );
      expect(await page.locator('ul.notes').allInnerTexts()).toEqual(
        isCompared ? [] : [expect.stringContaining('different views')],
      );
    } finally {
      await browser.close();
    }
  },
);
