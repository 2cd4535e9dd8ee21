import { expect, test } from 'vitest';
import {
  comparisonFile,
  readComparison,
  storeComparison,
} from '../../../../src/store/documents/comparison.ts';
import { writeFile } from 'node:fs/promises';
import { inFolder } from '../../../support/cli.ts';
import { compared } from '../../../support/verdicts.ts';

const runs = { baseline: compared.baseline.id, candidate: compared.candidate.id };

test('a comparison is read back as it was stored', () =>
  inFolder(async (store) => {
    expect(await storeComparison(store, compared)).toBe(comparisonFile(store, runs.baseline, runs.candidate));
    expect(await readComparison(store, runs)).toEqual(compared);
  }));

test.each([
  { schema: 'flipgate.comparison/1' },
  { ...compared, schema: 'flipgate.comparison/2' },
  { ...compared, warnings: undefined },
  { ...compared, statistics: { 'coverage.mean': null } },
  { ...compared, questions: [{}] },
])('one without its parts is none: it is made again', (damaged) =>
  inFolder(async (store) => {
    await writeFile(await storeComparison(store, compared), JSON.stringify(damaged));
    expect(await readComparison(store, runs)).toBeUndefined();
  }),
);
