import { cp, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { broken, type Broken } from '../support/broken-writes.ts';
import { flipgate, runFolders } from '../support/cli.ts';
import { gateStore } from '../support/gate-store.ts';

/** What `gate` does when it breaks has a test of its own; these are the others that write into a store in which a gate passed. */
const store = gateStore();
/** So many changes of a command are broken, evenly over all it makes; all of them with TEST_EVERY=1. */
const tried = process.env['TEST_EVERY'] === '1' ? Number.POSITIVE_INFINITY : 3;

async function said(): Promise<string> {
  const report = await flipgate(store.folder, ['report', 'acceptance', '--format', 'json']);
  return report.code === 0 ? String(JSON.parse(report.stdout)[0]?.verdict.verdict) : 'error';
}

/** Breaks a command at some of its changes, each time in a store as it was, and asks what became of it. */
async function eachBroken(
  words: readonly string[],
  how: string,
  check: (ended: Broken & { readonly about: string }) => Promise<void>,
): Promise<void> {
  expect((await store.judge()).code).toBe(0);
  expect((await flipgate(store.folder, ['report', 'acceptance'])).code).toBe(0);
  const kept = `${store.folder}-kept`;
  await cp(store.folder, kept, { recursive: true });
  try {
    const { changes } = await broken(store.folder, words, { how, at: 0 });
    expect(changes.length).toBeGreaterThan(3);
    const step = Math.max(1, Math.ceil(changes.length / tried));
    for (let at = 1; at <= changes.length; at += step) {
      await rm(store.folder, { recursive: true });
      await cp(kept, store.folder, { recursive: true });
      const ended = await broken(store.folder, words, { how, at });
      await check({ ...ended, about: `${words.join(' ')}, ${how} at ${at}: ${ended.changes.at(-1)}` });
    }
  } finally {
    await rm(kept, { recursive: true });
  }
}

/** Every document is the one of before or a new one, never a part. */
async function wholeDocuments(about: string): Promise<void> {
  const folder = path.join(store.folder, 'reports');
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((one) => /(?:^|\/)[^.][^/]*\.json$/u.test(one) && !one.includes('lock'))) {
    const text = await readFile(path.join(folder, name), 'utf8');
    expect([about, name, () => JSON.parse(text) as unknown]).toEqual([about, name, expect.any(Function)]);
    expect(() => JSON.parse(text) as unknown, `${about}: ${name}`).not.toThrow();
  }
}

/** What could not be removed, a lock or a page that is replaced anyhow, keeps nothing from being done. */
function failed({ about, code, changes }: Pick<Broken, 'code' | 'changes'> & { about: string }): void {
  if (changes.at(-1)?.startsWith('rm ') !== true) expect([about, code === 0]).toEqual([about, false]);
}

const ways = ['ENOSPC', 'EIO', 'kill'];

describe.each(ways)('broken by %s at any change', { timeout: 600_000 }, (how) => {
  test('compare leaves what there was, or what it made', () =>
    eachBroken(['compare', 'blue', 'green', '--json'], how, async ({ about, code, changes }) => {
      failed({ about, code, changes });
      await wholeDocuments(about);
      expect([about, await said()]).toEqual([about, 'pass']);
    }));

  test('drill record leaves the drill before, or the new one', () =>
    eachBroken(
      ['drill', 'record', '--pointer', 'edge', '--ttr', '400', '--verified'],
      how,
      async ({ about, code }) => {
        expect([about, code === 0]).toEqual([about, false]);
        await wholeDocuments(about);
        const text = await readFile(path.join(store.folder, 'reports/drills/edge.json'), 'utf8');
        expect([about, [40, 400]]).toEqual([about, expect.arrayContaining([JSON.parse(text).ttr_seconds])]);
      },
    ));

  test('report leaves the page before, or the new one', () =>
    eachBroken(['report', 'acceptance'], how, async ({ about, code }) => {
      expect([about, code === 0]).toEqual([about, false]);
      const folder = path.join(store.folder, 'reports');
      const pages = (await readdir(folder, { recursive: true })).filter((name) =>
        name.endsWith('/report.html'),
      );
      expect(pages.length).toBeGreaterThan(0);
      for (const page of pages)
        expect([about, (await readFile(path.join(folder, page), 'utf8')).trimEnd().slice(-7)]).toEqual([
          about,
          '</html>',
        ]);
      expect([about, await said()]).toEqual([about, 'pass']);
    }));

  test('run --gate leaves no pass of before once its runs are begun', async () => {
    const before = await store.runOf('green');
    await eachBroken(['run', '--gate', 'acceptance', '--quiet'], how, async ({ about, code, changes }) => {
      failed({ about, code, changes });
      await wholeDocuments(about);
      const runs = await runFolders(path.join(store.folder, 'reports'));
      const isBegun = (
        await Promise.all(
          runs.map((run) =>
            readFile(path.join(run, 'plan.json'), 'utf8').then(
              () => run.includes('-green-'),
              () => false,
            ),
          ),
        )
      ).filter(Boolean);
      // What passes then is what was asked just now.
      if (isBegun.length > 1 && (await said()) === 'pass')
        expect([about, before]).toEqual([
          about,
          expect.not.stringContaining((await store.stored())['runs'].candidate),
        ]);
    });
  });
});
