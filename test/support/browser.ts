import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { requireServer, type TestContext } from './servers/programs.ts';

export interface PageSetting {
  readonly scheme?: 'light' | 'dark';
  readonly phone?: boolean;
  readonly javaScript?: boolean;
  /** Milliseconds since 1970; the system's time by default. */
  readonly now?: number;
}

/** A page with everything that it said and asked for. */
export interface OpenPage {
  readonly page: Page;
  /** Console messages and uncaught errors. */
  readonly said: readonly string[];
  /** What was asked for beside the page itself. */
  readonly requests: readonly string[];
}

export interface TestBrowser {
  /** Opens a file or an address. */
  open(place: string, setting?: PageSetting, hash?: string): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Debian's Chromium, for the tests of one file. */
export async function startBrowser(context: TestContext): Promise<TestBrowser> {
  const executablePath = await requireServer('chromium', context);
  // Chromium's own sandbox does not start as root, and what is shown is ours.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser: Browser = await chromium.launch({ executablePath, args });
  return {
    async open(place, { scheme = 'light', phone = false, javaScript = true, now } = {}, hash = '') {
      const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 900 };
      const browserContext = await browser.newContext({
        viewport,
        colorScheme: scheme,
        javaScriptEnabled: javaScript,
      });
      if (now !== undefined) await browserContext.clock.setFixedTime(now);
      const page = await browserContext.newPage();
      const [said, requests]: [string[], string[]] = [[], []];
      const address = `${place.startsWith('http:') ? place : pathToFileURL(place).href}${hash}`;
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      page.on('request', (request) => {
        if (!address.startsWith(request.url())) requests.push(request.url());
      });
      page.on('dialog', (dialog) => {
        said.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(address);
      return { page, said, requests };
    },
    close: () => browser.close(),
  };
}
