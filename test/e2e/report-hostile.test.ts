import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser, type OpenPage, type TestBrowser } from '../support/browser.ts';
import { reportStore, type ReportStore } from '../support/report-store.ts';

const texts: Readonly<Record<string, string>> = {
  'a script': '<script>alert(1)</script><img src=x onerror=alert(1)>',
  'the end of a script': '</script><script>alert(2)</script>',
  'the end of a script, spelt otherwise': '</SCRIPT ><svg onload=alert(3)>',
  'a comment that stays open': '<!-- <script> ',
  'the end of the unscripted part': '</noscript><iframe src="https://example.com/"></iframe>',
  'the end of a style': '</style><link rel=stylesheet href=https://example.com/x.css>',
  'the end of a title': '</title><base href="https://example.com/">',
  'a reference': '&lt;script&gt;alert(4)&lt;/script&gt; &#60;b&#62; &amp;amp;',
  quotes: `" onmouseover="alert(5)" ' onfocus='alert(6)' autofocus x="`,
  'a link': 'javascript:alert(7) [x](javascript:alert(8)) https://example.com/',
  'a template': '${alert(9)} {{constructor.constructor("alert(10)")()}}',
  'an override of the writing direction': 'safe \u202E txt.exe \u2066 open',
  'separators of lines': 'one\u2028two\u2029three\u0085four',
  'control characters': 'nul \u0000 bell \u0007 escape \u001B[31m delete \u007F',
  'halves of characters': 'high \uD83D low \uDE00 \uDBFF',
  'what is no character': 'non \uFFFE \uFFFF char',
  'a word of a megabyte': 'x'.repeat(1_000_000),
  'a name of every object': '__proto__ constructor toString',
};
const names = Object.keys(texts);
let store: ReportStore | undefined;
let browser: TestBrowser | undefined;

/** The text of a question: everything that anybody writes carries it. */
function textOf(question: string): string {
  const number = Number(/topic (\d+)/u.exec(question)?.[1] ?? 1);
  return texts[names[(number - 1) % names.length]!]!;
}

beforeAll(async () => {
  store = await reportStore({
    questions: names.length,
    answer: ({ question }) => {
      const text = textOf(question);
      const retrieved = [
        {
          text: `${text} retrieved`,
          section_id: text.slice(0, 300),
          snippet_id: text.slice(0, 300),
          source_url: text.slice(0, 300),
        },
      ];
      return { answer: `${text} answered`, retrieved, citations: [text.slice(0, 300)] };
    },
    gold: (id) => {
      const number = Number(id.slice(2));
      const text = texts[names[number - 1]!]!.slice(0, 20_000).toWellFormed().replaceAll('\0', ''); // a gold set with a NUL is refused
      const paraphrases = [1, 2, 3].map((phrasing) => `${text} topic ${number} in other words ${phrasing}`);
      return { question: `${text} topic ${number}`, paraphrases, tags: [text.slice(0, 60)] };
    },
  });
}, 100_000);
afterAll(async () => {
  await browser?.close();
  await store?.remove();
});

test.each(['comparison', 'run'] as const)('long texts do not make the report of a %s long', async (kind) => {
  expect((await stat(store![kind])).size).toBeLessThan(1.5e6);
});

test('hostile questions, answers and retrieved texts are shown as text: no request, no message, no element', async (context) => {
  browser = await startBrowser(context);
  const { page, said, requests }: OpenPage = await browser.open(store!.comparison);
  const before = await countElements(page);
  for (const summary of await page.locator('details[data-place] > summary').all()) await summary.click();
  await page
    .locator('.side')
    .nth(2 * names.length - 1)
    .waitFor();
  const shown = await page.locator('details[data-place]').allInnerTexts();
  for (const [name, text] of Object.entries(texts)) {
    const visible = text
      .slice(0, 4000)
      .replaceAll(/\p{Cs}/gu, '\uFFFD')
      .replaceAll(/(?![\t\n])\p{Cc}/gu, picture)
      .replaceAll(/\s+/gu, ' ')
      .trim();
    expect(
      shown.some((one) => one.replaceAll(/\s+/gu, ' ').includes(visible)),
      name,
    ).toBe(true);
  }
  expect(await countElements(page)).toEqual(before);
  expect({ said, requests }).toEqual({ said: [], requests: [] });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
  expect(await page.title()).toBe('fail: blue → green · flipgate');
});

test('they are text without JavaScript, too', async (context) => {
  browser ??= await startBrowser(context);
  const { page, said, requests } = await browser.open(store!.comparison, { javaScript: false });
  expect(await page.locator('details.question').count()).toBe(names.length);
  expect(await page.locator('iframe, img, link, base, object, embed').count()).toBe(0);
  expect({ said, requests }).toEqual({ said: [], requests: [] });
});

function picture(character: string): string {
  const code = character.charCodeAt(0);
  return code === 0x7f ? '\u2421' : code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
}

/** Elements that only markup of a stranger could bring. */
async function countElements(page: OpenPage['page']): Promise<readonly number[]> {
  const selectors = [
    'script',
    'style',
    'iframe',
    'img',
    'link',
    'base',
    'svg',
    '[onload], [onerror], [onmouseover], [onfocus]',
    'title',
  ];
  return Promise.all(selectors.map((selector) => page.locator(selector).count()));
}
