import { cp, readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { flipgate } from '../cli.ts';
import { halfAsked } from './kit.ts';
import { configured, editText, runFolderOf, withRuns, type Case } from './site.ts';

async function touched(folder: string): Promise<void> {
  const now = new Date();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) await utimes(path.join(entry.parentPath, entry.name), now, now);
}

/** After each of these everybody still says that Green passes. */
export const harmless: readonly Case[] = [
  { what: 'nothing', change: () => Promise.resolve() },
  {
    what: 'the run was scored again by the same options',
    async change(site) {
      const end = await flipgate(site.folder, ['runs', 'score', site.kit.judged.green]);
      expect(end.code).toBe(0);
    },
  },
  {
    what: 'a comment was added to flipgate.yaml',
    change: ({ folder }) => editText(path.join(folder, 'flipgate.yaml'), (text) => `# of Green\n${text}\n`),
    startsServer: true,
  },
  {
    what: 'how an arm is asked was changed: a token, concurrency, a time limit',
    change: configured((config) =>
      Object.assign(config['arms'].green, {
        headers: { authorization: 'Bearer t-1234567890' },
        concurrency: 3,
        timeoutSeconds: 9,
      }),
    ),
    startsServer: true,
  },
  {
    what: "another gate's limit was changed",
    change: configured((config) => (config['gates'].nightly.rules.own_coverage.limit = 0.6)),
    startsServer: true,
  },
  { what: 'every file was touched', change: ({ folder }) => touched(folder) },
  {
    what: 'the store was moved and copied back',
    async change({ store }) {
      await cp(store, `${store}.copy`, { recursive: true });
      await rm(store, { recursive: true });
      await cp(`${store}.copy`, store, { recursive: true });
      await rm(`${store}.copy`, { recursive: true });
    },
  },
  { what: 'a newer, healthy run of both arms is complete', change: withRuns('healthy') },
  {
    what: 'a run goes on',
    async change(site) {
      const run = halfAsked(site.folder, site.kit.servers.green);
      site.after(async () => {
        run.release();
        await run.started.finished;
      });
      await run.isHalfWay;
    },
    except: { gate: 'not pass' },
    because: "an arm's name stands for its newest run, and that one has not ended",
  },
  {
    what: 'the judged run has other times',
    change: (site) => touched(runFolderOf(site, 'green')),
  },
];
