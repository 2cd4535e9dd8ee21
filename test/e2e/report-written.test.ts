import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { flipgate } from '../support/cli.ts';
import { partlyBadStore, reportStore, type ReportStore } from '../support/report-store.ts';

const questions = 30;
let store: ReportStore;
let browser: TestBrowser;

beforeAll(async () => {
  store = await partlyBadStore(questions);
}, 60_000);
afterAll(() => store.remove());
beforeEach(async (context) => {
  browser ??= await startBrowser(context);
});
afterAll(() => browser?.close());

test('a pass that has expired is none to its reader', async () => {
  const healthy = await reportStore({ questions: 24 });
  try {
    const { page } = await browser.open(healthy.comparison);
    expect(await page.locator('h1').innerText()).toMatch(/^Pass: green may go live until .* UTC$/u);
    const shown = [
      await browser.open(healthy.comparison, { now: Date.now() + 3_600_000 }),
      await browser.open(healthy.comparison),
    ] as const;
    // The second was opened in time, and is left open.
    await shown[1].page.clock.setFixedTime(Date.now() + 3_600_000);
    await shown[1].page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);
    for (const { page: late } of shown) {
      expect(await late.locator('h1').innerText()).toMatch(/^Expired. It was: Pass: green may go live/u);
      expect(await late.locator('section.verdict').getAttribute('class')).toBe('verdict error closed');
      expect(await late.locator('#expiry').innerText()).toContain(
        'It has expired: judge again before you flip.',
      );
      expect(await late.title()).toMatch(/^expired: pass until/u);
      expect(await late.locator('.chip.pass').count()).toBe(0);
      expect(await late.locator('.chip', { hasText: 'was pass' }).count()).toBe(11);
    }
    const early = await browser.open(healthy.comparison, { now: Date.now() - 3_600_000 });
    expect(await early.page.locator('h1').innerText()).toMatch(/^From the future. It was: Pass/u);
  } finally {
    await healthy.remove();
  }
});

test('--without-texts has no question, answer or retrieved text, and the same numbers', async () => {
  const result = await flipgate(store.folder, [
    'report',
    'blue',
    'green',
    '--without-texts',
    '--out',
    'shared.html',
  ]);
  expect(result).toMatchObject({ code: 0, stdout: 'shared.html\n' });
  const text = await readFile(`${store.folder}/shared.html`, 'utf8');
  expect(text).not.toMatch(
    /Nobody knows|What about topic|stands in this one sentence|Something else altogether/u,
  );
  const { page } = await browser.open(`${store.folder}/shared.html`, {}, '#?question=Q_003');
  expect(await page.locator('.side').first().innerText()).toContain('coverage 1.00');
  expect(await page.locator('.notes').allInnerTexts()).toContainEqual(
    expect.stringContaining('left out of this report'),
  );
});

test('as CSV a run has a row a call, two runs a row a question, and without texts no answer', async () => {
  const csv = async (...args: readonly string[]): Promise<readonly Record<string, string>[]> => {
    const { code, stdout } = await flipgate(store.folder, ['report', ...args, '--format', 'csv']);
    expect(code).toBe(0);
    return parse(stdout, { columns: true });
  };
  const calls = await csv('green');
  expect(calls).toHaveLength(questions * 8);
  expect(calls.filter(({ answer }) => answer === 'Nobody knows the thing with number 3.')).toHaveLength(8);
  expect(calls.filter(({ outcome }) => outcome === 'status')).toHaveLength(5 * 8);
  expect(Object.keys((await csv('green', '--without-texts'))[0]!)).toEqual(
    Object.keys(calls[0]!).filter((name) => name !== 'answer'),
  );
  const compared = await csv('blue', 'green');
  expect(compared).toHaveLength(questions);
  expect(compared.every(({ candidate_run: run }) => run?.includes('-green-'))).toBe(true);
});

test('the same record gives the same bytes', async () => {
  const written = async (name: string): Promise<string> => {
    await flipgate(store.folder, ['report', 'blue', 'green', '--out', name]);
    return readFile(`${store.folder}/${name}`, 'utf8');
  };
  expect(await written('one.html')).toBe(await written('two.html'));
});
