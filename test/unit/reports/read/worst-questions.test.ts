import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { worstQuestions } from '../../../../src/reports/read/worst-questions.ts';
import { emptyStore } from '../../../support/store-files.ts';

test('fewest convergent calls first; what was not measured is not among the worst', async () => {
  const file = path.join(await emptyStore(), 'scores.jsonl');
  const lines = [
    { question: 'Q_1', state: 'convergent', coverage: 1 },
    { question: 'Q_1', state: 'split', coverage: 1 },
    { question: 'Q_2', state: 'backward', coverage: 0.5 },
    { question: 'unmeasured' },
    { question: 'uncovered', coverage: 0.25 },
    { question: 'well', state: 'convergent', coverage: 1 },
  ];
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(worstQuestions(file, 9)).toEqual([
    { question: 'Q_2', calls: 1, convergent: 0, coverage: 0.5, mostly: 'backward' },
    { question: 'Q_1', calls: 2, convergent: 0.5, coverage: 1, mostly: 'split' },
    { question: 'uncovered', calls: 1, coverage: 0.25 },
  ]);
});
