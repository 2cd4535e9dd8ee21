import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBrowser, type OpenPage, type PageSetting, type TestBrowser } from '../support/browser.ts';
import { partlyBadStore, type ReportStore } from '../support/report-store.ts';

const questions = 60;
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

const opened: OpenPage[] = [];
async function open(setting: PageSetting = {}, hash = '', file = store.comparison): Promise<OpenPage> {
  const shown = await browser.open(file, setting, hash);
  opened.push(shown);
  return shown;
}
/** Whatever a test did: nothing was loaded, and nothing was said on the console. */
afterEach(async () => {
  for (const { page, said, requests } of opened.splice(0)) {
    expect({ said, requests }).toEqual({ said: [], requests: [] });
    await page.context().close();
  }
});

describe.each([
  { scheme: 'light', phone: false },
  { scheme: 'light', phone: true },
  { scheme: 'dark', phone: false },
  { scheme: 'dark', phone: true },
] as const)('$scheme, phone $phone', (setting) => {
  test.each(['comparison', 'run'] as const)(
    'axe finds nothing wrong with the report of a %s, a question being open',
    async (kind) => {
      const { page } = await open(setting, '#?question=Q_001', store[kind]);
      await page.locator('.side').first().waitFor();
      await page.evaluate(
        `for (const details of document.querySelectorAll('details:not([data-place])')) details.open = true`,
      );
      await page.evaluate(axe.source);
      const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        'axe.run()',
      );
      const violations = found.violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      expect(violations).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        setting.phone ? 390 : 1280,
      );
    },
  );
});

test('the verdict, the rules and the charts are there without JavaScript, and every question can be opened', async () => {
  const { page } = await open({ javaScript: false });
  expect(await page.locator('h1').innerText()).toBe('Fail: do not flip to green');
  expect(await page.locator('table.rules tbody tr').count()).toBe(12);
  expect(await page.locator('figure svg').count()).toBeGreaterThanOrEqual(5);
  expect(await page.locator('noscript details.question, details.question').count()).toBe(questions);
  expect(await page.locator('#filters').isVisible()).toBe(false);
});

test('an address opens its question at its call; choosing another call changes the address', async () => {
  const { page } = await open({}, '#?question=Q_003&phrasing=2&seed=2');
  expect(await page.locator('button[aria-pressed="true"]').getAttribute('data-cell')).toBe('2.1');
  expect(await page.locator('.side').nth(1).innerText()).toContain('Nobody knows the thing with number 3.');
  await page.locator('button[data-cell="0.0"]').click();
  expect(new URL(page.url()).hash).toBe('#?question=Q_003&phrasing=0&seed=1');
  expect(await page.locator('button[aria-pressed="true"]').getAttribute('data-cell')).toBe('0.0');
});

test('the anchor is marked where it was retrieved, and the answers where they differ', async () => {
  const { page } = await open({}, '#?question=Q_020&phrasing=0&seed=1');
  const [blue, green] = [page.locator('.side').nth(0), page.locator('.side').nth(1)];
  expect(await blue.locator('mark').first().innerText()).toBe(
    'All that is known about topic 20 stands in this one sentence of the document',
  );
  expect(await green.locator('ins').count()).toBe(0);
  await page.goto(`${page.url().split('#')[0]}#?question=Q_003&phrasing=0&seed=1`);
  await page.locator('[data-place] .side mark').first().waitFor();
  expect(await page.locator('details[data-place][open] .side').nth(1).locator('mark').count()).toBe(0);
});

test('filters and search narrow the list, are in the address, and can be gone back to', async () => {
  const { page } = await open();
  const found = page.locator('#found');
  expect(await found.innerText()).toBe(`${questions} questions`);
  await page.locator('input[name=faults]').check();
  expect(await found.innerText()).toBe(`5 of ${questions} questions`);
  expect(new URL(page.url()).hash).toBe('#?faults=1');
  await page.locator('button[type=reset]').click();
  await page.waitForFunction(`document.getElementById('found').textContent === '60 questions'`);
  await page.locator('input[name=flips]').check();
  const flipping = Number(/^(\d+) of/u.exec(await found.innerText())?.[1]);
  expect(flipping).toBeGreaterThanOrEqual(4);
  await page.locator('input[name=flips]').uncheck();
  await page.locator('select[name=tag]').selectOption('first');
  expect(await found.innerText()).toBe(`1 of ${questions} questions`);
  const shared = await open({}, new URL(page.url()).hash);
  expect(await shared.page.locator('#found').innerText()).toBe(`1 of ${questions} questions`);
  expect(await shared.page.locator('details[data-place] strong').allInnerTexts()).toEqual(['Q_001']);
  await page.locator('select[name=tag]').selectOption('');
  await page.locator('input[name=search]').fill('nobody knows 7');
  expect(await page.locator('details[data-place] strong').allInnerTexts()).toEqual(['Q_007']);
});

test('the list is paged, and a page has an address', async () => {
  const { page } = await open();
  expect(await page.locator('details[data-place]').count()).toBe(50);
  await page.locator('#page-after').click();
  expect(await page.locator('details[data-place]').count()).toBe(questions - 50);
  expect(new URL(page.url()).hash).toBe('#?page=2');
  await page.goBack();
  await page.waitForFunction(`document.querySelectorAll('details[data-place]').length === 50`);
});

test('the keyboard is enough: a question opens with Enter, and its calls are buttons', async () => {
  const { page } = await open();
  await page.locator('details[data-place] > summary').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.side').first().waitFor();
  for (let presses = 0; presses < 6; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(`document.activeElement.hasAttribute('data-cell')`)) break;
  }
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(`document.activeElement.getAttribute('data-cell')`)).toBe(
    await page.locator('button[aria-pressed="true"]').getAttribute('data-cell'),
  );
});

test('a trace id can be copied', async () => {
  const { page } = await open({}, '#?question=Q_002');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const side = page.locator('.side').first();
  await side.getByRole('button', { name: 'copy the trace id' }).click();
  await side.getByText('copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await side.locator('code').innerText());
});

test('each number leads to its definition', async () => {
  const { page } = await open();
  await page.locator('#distances a.definition').click();
  expect(await page.locator('dt:target').innerText()).toBe('ΔS (semantic distance)');
});

test('a filter’s address leads to the questions that fit', async () => {
  const { page } = await open({}, '#?faults=1');
  expect(await page.locator('#found').innerText()).toBe(`5 of ${questions} questions`);
  await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(500);
  const other = await open();
  await other.page.locator('ul.look a[href="#?faults=1"]').first().click();
  await expect.poll(() => other.page.evaluate<number>('scrollY')).toBeGreaterThan(500);
  expect(await other.page.locator('#found').innerText()).toBe(`5 of ${questions} questions`);
});
