import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { reportStore, type ReportStore } from '../support/report-store.ts';
import { servingForAll, type Serving } from '../support/serving.ts';

let store: ReportStore | undefined;
let server: Serving | undefined;
let browser: TestBrowser | undefined;

beforeAll(async () => {
  store = await reportStore({ questions: 24 });
  server = await servingForAll(store.folder);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await browser?.close();
  await store?.remove();
});

const pair = (): string => path.basename(path.dirname(store!.comparison));
const run = (): string => path.basename(path.dirname(store!.run));
const get = (place: string): Promise<Response> => fetch(`${server!.url}${place}`, { redirect: 'error' });

test('the reports in the store are served as they are, with their own policy as a header', async () => {
  for (const [place, file] of [
    [`/reports/${run()}`, store!.run],
    [`/comparisons/${pair()}`, store!.comparison],
  ] as const) {
    const answer = await get(place);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';.*frame-ancestors 'none'$/u,
    );
    expect(await answer.text()).toBe(await readFile(file, 'utf8'));
  }
});

test.each([
  '/reports/20261122T213000Z-green-3f9a1c',
  '/reports/...',
  '/reports/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/reports/..%2fverdicts',
  '/reports/%00',
  '/comparisons/a..b',
  '/comparisons/...',
  '/comparisons/%2e%2e%2f..%2e%2e%2f',
])('what names no report is nothing: %s', async (place) => {
  expect((await get(place)).status).toBe(404);
});

test('a served report works as the file does', async (context) => {
  browser ??= await startBrowser(context);
  const { page, said, requests } = await browser.open(
    `${server!.url}/comparisons/${pair()}`,
    {},
    '#?question=Q_003',
  );
  await page.locator('.side').nth(1).waitFor();
  expect({ said, requests }).toEqual({ said: [], requests: [] });
});

test('a page of the store without a policy may nothing', async () => {
  const kept = await readFile(store!.run, 'utf8');
  await writeFile(store!.run, '<script>alert(1)</script>');
  const answer = await get(`/reports/${run()}`);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; .*sandbox; frame-ancestors 'none'$/u,
  );
  await writeFile(store!.run, kept);
});

test.each([
  ['a refresh', '<meta http-equiv="refresh" content="0;url=https://example.com/">'],
  ['a base', '<base href="https://example.com/">'],
  ['a frame', '<iframe src="/"></iframe>'],
  ['a link elsewhere', '<a href="https://example.com/">x</a>'],
  ['a link to another host', '<a href="//example.com/">x</a>'],
  ['a link behind a mark in a text', '<a title=">" href="https://example.com/">x</a>'],
  ['a link in a drawing', '<svg><a xlink:href="https://example.com/">x</a></svg>'],
  [
    'a link that changes',
    '<svg><a href="#"><animate attributeName="href" to="https://example.com/"/></a></svg>',
  ],
])('a page that begins as ours and has %s may nothing', async (_, planted) => {
  const kept = await readFile(store!.run, 'utf8');
  const policy = async (): Promise<string> =>
    (await get(`/reports/${run()}`)).headers.get('content-security-policy') ?? '';
  expect(await policy()).toContain('script-src');
  await writeFile(store!.run, kept.replace('<main>', `<main>${planted}`));
  expect(await policy()).toContain('sandbox');
  await writeFile(store!.run, kept);
});

test('the index names every run with its verdict, and leads to the reports; axe finds nothing wrong', async (context) => {
  browser ??= await startBrowser(context);
  for (const setting of [{}, { phone: true }, { scheme: 'dark' }, { scheme: 'dark', phone: true }] as const) {
    const { page, said, requests } = await browser.open(`${server!.url}/`, setting);
    expect(await page.locator('section[aria-labelledby=runs] tbody tr').count()).toBe(2);
    expect(await page.locator(`a[href="/comparisons/${pair()}"]`).count()).toBe(2);
    expect(await page.locator(`a[href="/reports/${run()}"]`).count()).toBe(1);
    expect(await page.locator('svg.trend').count()).toBe(10);
    await page.evaluate(axe.source);
    const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    );
    expect(
      found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    ).toEqual([]);
    // What is looked for first is there without scrolling sideways.
    for (const [place, heading] of ['run', 'judged as', 'finished'].entries()) {
      const box = page.locator('table.runs thead th').nth(place);
      expect(await box.innerText()).toBe(heading);
      const { x = 0, width = 9999 } = (await box.boundingBox()) ?? {};
      expect(x + width).toBeLessThanOrEqual('phone' in setting ? 390 : 1280);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      'phone' in setting ? 390 : 1280,
    );
    expect({ said, requests }).toEqual({ said: [], requests: [] });
  }
});
