import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openEmbedder } from '../../../src/embed/open.ts';
import { sentenceOf } from '../../../src/gold/finding.ts';
import { lintGold } from '../../../src/gold/lint.ts';
import { loadGold } from '../../../src/gold/load.ts';
import { root, temporaryFolders } from '../../unit/gold/small-sets.ts';

const temporary = temporaryFolders();
const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((embedder) => embedder.close())));

test('the shipped gold set loads with 40 questions and every document it names', async () => {
  const gold = await loadGold('gold/handbook', { workingDirectory: root });
  expect(gold.questions).toHaveLength(40);
  const named = gold.questions.flatMap(({ anchors }) =>
    anchors.flatMap(({ source_url }) => source_url ?? []),
  );
  expect(new Set(gold.documents.keys())).toEqual(new Set(named));
});

test('the shipped gold set passes its own lint without an error', async () => {
  const context = {
    cacheFolder: path.join(await temporary(), 'cache'),
    workingDirectory: root,
    environment: {},
  };
  const embedder = openEmbedder({ model: 'all-MiniLM-L6-v2' }, context);
  opened.push(embedder);
  const report = await lintGold('gold/handbook', {
    workingDirectory: root,
    paraphrases: 3,
    embed: (texts) => embedder.embed(texts),
  });
  expect(report.findings.filter(({ severity }) => severity === 'error').map(sentenceOf)).toEqual([]);
}, 60_000);
