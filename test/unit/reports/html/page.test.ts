import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { embedQuestions } from '../../../../src/reports/html/embed-questions.ts';
import { indexPage } from '../../../../src/reports/html/index/page.ts';
import { reportPage } from '../../../../src/reports/html/page.ts';
import { reportModel } from '../../../support/report-model.ts';
import { compared, hostileTexts } from '../../../support/verdicts.ts';

const assets = { style: 'p{color:red}', script: 'void 0' };

test('a small report, whole', () => {
  expect(reportPage(reportModel(), assets)).toMatchSnapshot();
});

test('the same model gives the same bytes', () => {
  expect(reportPage(reportModel(), assets)).toBe(reportPage(reportModel(), assets));
});

test('its policy has the hashes of its one style and its one script, and allows nothing else', () => {
  const page = reportPage(reportModel(), assets);
  const hash = (text: string): string =>
    `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`;
  const content = /http-equiv="Content-Security-Policy" content="([^"]+)"/u.exec(page)?.[1];
  const none = '&#39;none&#39;';
  expect(content).toBe(
    `default-src ${none}; style-src ${hash(assets.style)}; script-src ${hash(assets.script)}; base-uri ${none}; form-action ${none}`,
  );
  expect(page).toContain(`<style>${assets.style}</style>`);
  expect(page).toContain(`<script>${assets.script}</script>`);
  expect(page).not.toMatch(/ style="| on[a-z]+="|https?:|javascript:/u);
});

test('a warning with the name of something every object has is shown as it is', () => {
  const comparison = { ...compared, warnings: [{ code: 'constructor', count: 1 }] };
  expect(reportPage({ ...reportModel(), comparison }, assets)).toContain('<li><bdi>constructor</bdi></li>');
});

test('what a large report leaves out is said, with how to get it', () => {
  const model = reportModel();
  const [first, second] = model.questions;
  const shortened = { ...second!, id: 'Q_0003', detail: { ...second!.detail!, full: false, anchors: [] } };
  const { detail: _, ...bare } = { ...second!, id: 'Q_0004' };
  const page = reportPage({ ...model, questions: [first!, shortened, bare] }, assets);
  expect(page).toContain('The 1 worst of 3 questions are here in full.');
  expect(page).toContain('Of the next 1, answers are shortened and retrieved texts left out.');
  expect(page).toContain(
    'Of the other 1, only the numbers are here, and their calls were left to the CSV of each run:',
  );
  for (const { record } of [model.baseline!, model.candidate])
    expect(page).toContain(`<code>flipgate report ${record.id} --format csv --out ${record.id}.csv</code>`);
  expect(reportPage(model, assets)).toContain(
    'All 2 questions with everything that was retrieved and answered.',
  );
});

test.each(hostileTexts)('a hostile question brings no element and no attribute: %j', (text) => {
  const tags = (page: string): readonly string[] => page.match(/<[a-z!/][^>]*>/giu) ?? [];
  expect(tags(reportPage(reportModel(text), assets))).toEqual(
    tags(reportPage(reportModel('harmless'), assets)),
  );
});

describe('what the script gets', () => {
  test('has every text and every list of retrieved texts once, faults as capitals', () => {
    const { texts, retrievals, questions, details } = embedQuestions(reportModel('What flips?'));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toContain('It turns.');
    expect(retrievals).toHaveLength(14);
    expect(questions.map(({ states }) => states)).toEqual([
      ['cccc', 'cccc'],
      ['cccc', 'cscB'],
    ]);
    expect(details[0]?.calls[1]?.[3]).toBeNull();
  });
});

test('an index of nothing says so', () => {
  const page = indexPage({ verdicts: [], runs: [], now: 0 }, assets);
  expect(page).toContain('No gate has been judged yet.');
  expect(page).toContain('No run yet.');
});

test('an index shows the runs before another one, and leads to the older ones', () => {
  const runs = Array.from({ length: 450 }, (_, index) => ({
    id: `20261122T${String(235_959 - index).padStart(6, '0')}Z-green-3f9a1c`,
    arm: 'green',
    status: 'complete',
    calls: 8,
    trend: { coverage: index / 450 },
    judged: [],
  }));
  const first = indexPage({ verdicts: [], runs, now: 0 }, assets);
  const before = /href="\/\?before=([^"]+)"/u.exec(first)?.[1];
  expect(before).toBe(runs[199]?.id);
  const second = indexPage({ verdicts: [], runs, before, now: 0 }, assets);
  expect(second).toContain(`/reports/${runs[200]!.id}"`);
  expect(second).not.toContain(`/reports/${runs[199]!.id}"`);
});
