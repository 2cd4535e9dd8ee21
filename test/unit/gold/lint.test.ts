import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GoldFinding } from '../../../src/gold/finding.ts';
import { lintGold, type LintReport } from '../../../src/gold/lint.ts';
import { goodSet, root, temporaryFolders, wordVectors } from './small-sets.ts';

const temporary = temporaryFolders();

async function lintLines(
  values: readonly (object | string)[],
  { paraphrases = 0, embed = wordVectors } = {},
): Promise<LintReport> {
  const folder = await temporary();
  await writeFile(
    path.join(folder, 'gold.jsonl'),
    values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join(''),
  );
  return lintGold('gold.jsonl', { workingDirectory: folder, paraphrases, embed });
}

/** Questions along one axis; a text that ends in a number at that distance from them. */
async function vectorsAtDistance(texts: readonly string[]): Promise<readonly Float32Array[]> {
  return texts.map((text) => {
    const cosine = 1 - Number(/ at ([\d.]+)$/u.exec(text)?.[1] ?? 0);
    return Float32Array.of(cosine, Math.sqrt(1 - cosine * cosine));
  });
}

function withoutSize(findings: readonly GoldFinding[]): GoldFinding[] {
  return findings.filter(({ code }) => code !== 'too_few_questions');
}

const flip = { id: 'Q_1', question: 'what does a flip move', anchors: [{ text: 'what a flip does move' }] };

test('a healthy set has no finding but its size', async () => {
  const report = await lintGold(goodSet, { workingDirectory: root, paraphrases: 3, embed: wordVectors });
  expect(withoutSize(report.findings).filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(report.findings.find(({ code }) => code === 'too_few_questions')).toMatchObject({
    severity: 'error',
    message: 'the set has 3 questions: expected at least 20',
  });
  expect(report).toMatchObject({ questions: 3, sha256: expect.stringMatching(/^[\da-f]{64}$/u) as string });
});

test('a set that does not load is linted as far as it goes, and has no identity', async () => {
  const report = await lintLines([
    '{"id": ',
    { ...flip, anchors: [] },
    flip,
    { id: 'Q_3', question: 'why', answerable: false, paraphrases: ['Why?!'] },
  ]);
  expect(withoutSize(report.findings).map(({ line, id, code }) => [line, id, code])).toEqual([
    [1, undefined, 'not_json'],
    [2, 'Q_1', 'no_anchor'],
    [3, 'Q_1', 'duplicate_id'],
    [3, 'Q_1', 'repeated_phrasing'],
    [4, 'Q_3', 'repeated_phrasing'],
  ]);
  expect(report.sha256).toBeUndefined();
});

test('too few paraphrases is an error, unanswerable questions included', async () => {
  const report = await lintLines([flip, { id: 'Q_2', question: 'why is the sky blue', answerable: false }], {
    paraphrases: 1,
  });
  expect(
    report.findings
      .filter(({ code }) => code === 'too_few_paraphrases')
      .map(({ id, severity }) => [id, severity]),
  ).toEqual([
    ['Q_1', 'error'],
    ['Q_2', 'error'],
  ]);
});

test('a phrasing with the words of another, in another case, width or punctuation, is an error', async () => {
  const report = await lintLines([
    flip,
    { id: 'Q_2', question: 'ＷＨＡＴ does — a FLIP move?!', answerable: false },
  ]);
  expect(report.findings.find(({ code }) => code === 'repeated_phrasing')).toMatchObject({
    id: 'Q_2',
    line: 2,
    severity: 'error',
    message: expect.stringContaining('the question of Q_1') as string,
  });
});

test('two questions on one span are an error', async () => {
  const report = await lintLines([flip, { ...flip, id: 'Q_2', question: 'does a flip move what' }]);
  expect(report.findings.find(({ code }) => code === 'shared_anchor')).toMatchObject({
    id: 'Q_2',
    message: 'has the same anchor as Q_1',
  });
});

describe('distances', () => {
  test('the anchor that is nearest counts; above 0.35 is a warning, above 0.45 an error', async () => {
    const anchored = (id: string, ...distances: number[]): object => ({
      id,
      question: `what is ${id}`,
      anchors: distances.map((distance) => ({ text: `${id} at ${distance}` })),
    });
    const sets = [
      anchored('near', 0.9, 0.35),
      anchored('middling', 0.36),
      anchored('edge', 0.45),
      anchored('far', 0.9, 0.46),
    ];
    const report = await lintLines(sets, { embed: vectorsAtDistance });
    expect(withoutSize(report.findings).map(({ id, severity, code }) => [id, severity, code])).toEqual([
      ['middling', 'warning', 'question_far_from_anchor'],
      ['edge', 'warning', 'question_far_from_anchor'],
      ['far', 'error', 'question_far_from_anchor'],
    ]);
  });

  test('a paraphrase far from its question, or nearer to another, is an error', async () => {
    const other = {
      id: 'Q_2',
      question: 'how long does a rollback take',
      anchors: [{ text: 'how long a rollback does take' }],
    };
    const report = await lintLines([{ ...flip, paraphrases: ['how long does that rollback take'] }, other]);
    expect(withoutSize(report.findings).map(({ id, severity, code }) => [id, severity, code])).toEqual([
      ['Q_1', 'error', 'paraphrase_far_from_question'],
      ['Q_1', 'error', 'paraphrase_nearer_to_other'],
    ]);
  });

  test('a text without a vector counts as far: nothing passes unmeasured', async () => {
    const report = await lintLines([{ ...flip, anchors: [{ text: '…' }] }]);
    expect(report.findings.find(({ code }) => code === 'question_far_from_anchor')?.severity).toBe('error');
  });
});

test('a key that looks like a slip of the fingers is a warning', async () => {
  const report = await lintLines([{ ...flip, paraphrase: ['what moves'], owner: 'ops' }]);
  expect(report.findings.filter(({ code }) => code === 'suspicious_key')).toMatchObject([
    { severity: 'warning', hint: expect.stringContaining('did you mean "paraphrases"?') as string },
  ]);
});

test('an anchor text that its document no longer has is a warning', async () => {
  const folder = await temporary();
  await writeFile(path.join(folder, 'page.md'), 'something else');
  await writeFile(
    path.join(folder, 'gold.jsonl'),
    `${JSON.stringify({ ...flip, anchors: [{ source_url: 'page.md', text: 'what a flip does move' }] })}\n`,
  );
  const report = await lintGold('.', { workingDirectory: folder, paraphrases: 0, embed: wordVectors });
  expect(withoutSize(report.findings)).toMatchObject([
    { severity: 'warning', code: 'anchor_text_not_found' },
  ]);
});
