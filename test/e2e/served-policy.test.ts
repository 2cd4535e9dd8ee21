import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { serving, type Serving } from '../support/serving.ts';
import { emptyStore, runId, writeRun } from '../support/store-files.ts';

const script = 'document.title = "it ran"; alert(1)';
const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const meta = (policy: string): string => `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
const shapeOf = (style: string, run: string): string =>
  `default-src 'none'; style-src '${style}'; script-src '${run}'; base-uri 'none'; form-action 'none'`;
const sandboxed =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'none'";

interface Planted extends Serving {
  plant(page: string): Promise<void>;
}

async function served(): Promise<Planted> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  await writeRun(store);
  return {
    ...(await serving(folder)),
    plant: (page) => writeFile(path.join(store, runId(), 'report.html'), page),
  };
}

const place = `/reports/${runId()}`;

test('a page of the store that is not as this version writes it has its styles and runs nothing, whatever policy it names', async () => {
  const server = await served();
  const ours = (await server.get('/')).text;
  const own = /content="([^"]*)"/u.exec(ours)?.[1] ?? '';
  const planted = (policy: string): string =>
    `<!doctype html><html><head>${meta(policy)}</head><script>${script}</script></html>`;
  const pages: Readonly<Record<string, string>> = {
    'no policy': '<script>alert(1)</script>',
    'one that allows everything': planted("default-src * 'unsafe-inline'"),
    'one in a comment': `<!-- ${meta("script-src 'unsafe-inline' http:")} --><script>${script}</script>`,
    'ours in a comment': `<!-- ${ours.slice(0, ours.indexOf('<title>'))} --><script>${script}</script>`,
    'one that no header can have': planted('default-src → none'),
    'one with line breaks': planted("default-src 'none'\r\nx-planted: yes"),
    'one with the hash of its own script': planted(shapeOf(hashOf(''), hashOf(script))),
    'the shape of ours with the hash of its own script': ours.replaceAll(
      own,
      shapeOf(hashOf(''), hashOf(script)).replaceAll("'", '&#39;'),
    ),
    'one of another version': ours.replaceAll('sha256-', 'sha256-0'),
    'ours behind a script': `<script>${script}</script>${ours}`,
    nothing: '',
  };
  for (const [what, page] of Object.entries(pages)) {
    await server.plant(page);
    const answer = await server.get(place);
    expect([
      what,
      answer.status,
      answer.headers.get('content-security-policy'),
      answer.headers.get('x-planted'),
    ]).toEqual([what, 200, sandboxed, null]);
    expect(answer.text).toBe(page);
  }
});

test('a page that begins as ours runs our script at most', async () => {
  const server = await served();
  const ours = await server.get('/');
  await server.plant(`${ours.text.slice(0, ours.text.indexOf('<style>'))}<script>${script}</script>`);
  expect((await server.get(place)).headers.get('content-security-policy')).toBe(
    ours.headers.get('content-security-policy'),
  );
});

test('in a browser a planted script does not run, and what the page says can be read', async (context) => {
  const [server, browser] = [await served(), await startBrowser(context)];
  try {
    for (const policy of [
      "default-src * 'unsafe-inline'",
      shapeOf(hashOf('p{color:#010203}'), hashOf(script)),
    ]) {
      await server.plant(
        `<!doctype html>${meta(policy)}<title>x</title><style>p{color:#010203}</style><p>told</p><script>${script}</script>`,
      );
      const { page, said } = await browser.open(`${server.url}${place}`);
      expect([await page.title(), await page.locator('p').innerText()]).toEqual(['x', 'told']);
      expect(await page.evaluate("getComputedStyle(document.querySelector('p')).color")).toBe('rgb(1, 2, 3)');
      expect(said.filter((text) => text.startsWith('dialog'))).toEqual([]);
    }
  } finally {
    await browser.close();
  }
});
