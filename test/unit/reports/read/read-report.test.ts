import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../src/base/canonical.ts';
import { exitCodes } from '../../../../src/base/errors.ts';
import { readReport, type ReportRequest } from '../../../../src/reports/read/read-report.ts';
import { embedQuestions } from '../../../../src/reports/html/embed-questions.ts';
import type { QuestionDetail, ReportModel } from '../../../../src/reports/html/model.ts';
import { reportPage } from '../../../../src/reports/html/page.ts';
import { questionIds } from '../../../support/evidence.ts';
import { answerFirst, recordRun, type RecordedRun } from '../../../support/recorded-runs.ts';
import { emptyStore } from '../../../support/store-files.ts';
import { compared, failed } from '../../../support/verdicts.ts';

async function reported(run: RecordedRun, more: Partial<ReportRequest> = {}): Promise<ReportModel> {
  const candidate = await recordRun(await emptyStore(), run);
  return readReport({ candidate, verdicts: [], withTexts: true, ...more });
}

async function pairOf(
  baseline: RecordedRun,
  candidate: RecordedRun = {},
  more: Partial<ReportRequest> = {},
): Promise<ReportModel> {
  const store = await emptyStore();
  const runs = {
    baseline: await recordRun(store, { arm: 'blue', ...baseline }),
    candidate: await recordRun(store, candidate),
  };
  return readReport({ ...runs, verdicts: [], withTexts: true, ...more });
}

function detailOf({ questions }: ReportModel, id: string): QuestionDetail {
  return questions.find((question) => question.id === id)!.detail!;
}

test('a line in which the answer stands before the latency has its latency', async () => {
  const [question] = questionIds(1);
  const { candidate } = await reported({ questions: 1, lines: [answerFirst({ question: question! })] });
  expect([...candidate.calls.latency.total]).toEqual([0.2]);
});

describe('what is too long is cut, and it is said where all of it stands', () => {
  const [long, id] = ['x'.repeat(9000), 'Q_0000'];
  const retrieved = { answer: long, retrieved: [{ text_sha256: sha256(long) }] };

  test.each([
    ['an answer', 'calls.jsonl', (detail: QuestionDetail) => detail.candidate[0]?.answer],
    [
      'a retrieved text',
      'snippets.jsonl',
      (detail: QuestionDetail) => detail.candidate[0]?.retrieval?.snippets[0]?.text,
    ],
    ['an anchor', 'the gold set', (detail: QuestionDetail) => detail.anchors[0]?.text],
  ])('%s: in %s', async (_what, place, of) => {
    const model = await reported({ call: () => retrieved, texts: [long], anchor: long });
    expect(of(detailOf(model, id))).toBe(`${'x'.repeat(8000)} … (1000 more characters stand in ${place})`);
  });

  test('of what was retrieved the first hundred are shown, all count for coverage, and the others are counted', async () => {
    const texts = Array.from({ length: 130 }, (_, index) => `text ${index}`);
    texts.push('The pointer flips in one step.');
    const many = texts.map((text) => ({ text_sha256: sha256(text) }));
    const { retrieval } = detailOf(await reported({ call: () => ({ retrieved: many }), texts }), id)
      .candidate[0]!;
    expect([retrieval?.snippets.length, retrieval?.snippets.at(-1)?.text, retrieval?.more]).toEqual([
      100,
      'text 99',
      31,
    ]);
    expect(retrieval?.covered).not.toEqual([[]]);
  });

  test('coverage counts what is beyond the cut', async () => {
    const text = `${long} The pointer flips in one step.`;
    const model = await reported({
      call: () => ({ retrieved: [{ text_sha256: sha256(text) }] }),
      texts: [text],
    });
    expect(detailOf(model, id).candidate[0]?.retrieval?.covered).not.toEqual([[]]);
  });
});

describe('damage ends with exit code 4', () => {
  const damaged = { exitCode: exitCodes.error };

  test.each([
    { retrieved: 5 },
    { retrieved: [5] },
    { retrieved: [{ text_sha256: 5 }] },
    { answer: 7 },
    { outcome: 'constructor' },
  ])('a call with %j', async (call) => {
    await expect(reported({ call: () => call })).rejects.toMatchObject(damaged);
  });

  test.each([
    { plan: undefined },
    { plan: { questions: 2 } },
    { gold: undefined },
    { findings: undefined },
    { artifact: null },
    { provenance: undefined },
    { summary: {} },
    { status: 'constructor' },
  ])('a record with %j', async (record) => {
    await expect(reported({ record })).rejects.toMatchObject(damaged);
  });

  test('a run whose calls are damaged keeps no file open', async () => {
    const before = await openFiles();
    await expect(pairOf({ call: () => ({ retrieved: 5 }) })).rejects.toMatchObject(damaged);
    expect(await openFiles()).toBe(before);
  });
});

test('a line that is no call, or of another question, is passed over', async () => {
  const store = await emptyStore();
  const candidate = await recordRun(store);
  await appendFile(candidate.calls, '7\n{"key":"k","question":5,"phrasing":0,"seed":1}\n{"key":"cut');
  const scores = await readFile(candidate.scores, 'utf8');
  await writeFile(candidate.scores, scores.replaceAll('"coverage":1', '"coverage":1,"state":"constructor"'));
  const { questions, candidate: arm } = await readReport({ candidate, verdicts: [], withTexts: true });
  expect(questions.map(({ id }) => id)).toEqual(questionIds(2));
  expect([...arm.calls.states]).toEqual([-1, -1]);
});

describe('two runs that cannot be compared', () => {
  const worse = { score: () => ({ coverage: 0.1 }) };

  test.each([
    [
      'another embedder',
      { record: { embedder: { id: 'other', dimensions: 1, pooling: 'mean', window: 1 } } },
      /different embedders/u,
    ],
    [
      'another gold set',
      { record: { gold: { sha256: 'f'.repeat(64), path: 'g', questions: 2 } } },
      /different gold sets/u,
    ],
    ['another view', { record: { view: 'pooled' } }, /different views/u],
    ['other questions', { questions: 1 }, /different questions \(only candidate: Q_0001\)/u],
  ])('%s: the page says why, and compares nothing', async (_what, baseline, why) => {
    const model = await pairOf(
      { ...baseline, call: () => ({ answer: 'It turns.' }) },
      { ...worse, call: () => ({ answer: 'It flips.' }) },
    );
    expect(model.incomparable).toMatch(why);
    expect(model.comparison).toBeUndefined();
    const page = reportPage(model, { style: '', script: '' });
    expect(page).toContain('these runs cannot be compared: they ');
    expect(page).not.toMatch(/id="pairs-|name="worse"/u);
    expect(embedQuestions(model)).toMatchObject({
      comparable: false,
      questions: [{ worse: false }, { worse: false }],
    });
  });

  test('what the verdict says already is not said twice', async () => {
    const { incomparable, ...rest } = await pairOf({ record: { view: 'pooled' } });
    const reason = `the runs cannot be compared: ${incomparable}`;
    const verdicts = [
      { ...failed, reason, rules: [], problems: [{ code: 'p', verdict: 'error', reason } as const] },
    ];
    const page = reportPage({ ...rest, incomparable: incomparable!, verdicts }, { style: '', script: '' });
    expect(page.match(/cannot be compared/gu)).toHaveLength(1);
  });

  test('the order goes by the candidate alone', async () => {
    const record = { view: 'pooled' };
    const model = await pairOf(
      { record, score: (id) => ({ coverage: id === 'Q_0000' ? 1 : 0 }) },
      { score: (id) => ({ coverage: id === 'Q_0000' ? 0.5 : 0.4 }) },
    );
    expect(model.questions.map(({ id }) => id)).toEqual(['Q_0001', 'Q_0000']);
  });

  test('a comparison that was stored before is left out', async () => {
    expect(
      (await pairOf({ record: { view: 'pooled' } }, {}, { comparison: compared })).comparison,
    ).toBeUndefined();
  });

  test('two runs over the same cells are compared', async () => {
    const model = await pairOf({}, worse, { comparison: compared });
    expect(model).not.toHaveProperty('incomparable');
    expect(model.comparison).toBe(compared);
    expect(reportPage(model, { style: '', script: '' })).toContain('id="pairs-coverage"');
    expect(embedQuestions(model)).toMatchObject({
      comparable: true,
      questions: [{ worse: true }, { worse: true }],
    });
  });

  test('a run that was interrupted is compared where it was asked', async () => {
    const model = await pairOf(
      {},
      { lines: [answerFirst({ question: 'Q_0000' })], record: { status: 'interrupted' } },
    );
    expect(model).not.toHaveProperty('incomparable');
  });
});

async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd').catch(() => [])).length;
}
