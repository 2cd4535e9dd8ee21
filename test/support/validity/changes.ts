import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { openRollbackLog } from '../../../src/store/documents/rollback.ts';
import { expect } from 'vitest';
import { flipgate, json, writeGold } from '../cli.ts';
import { configurationChanges } from './configuration-changes.ts';
import { interruptedJudgings } from './interrupted-judgings.ts';
import {
  configured,
  editJson,
  editText,
  runFolderOf,
  verdictEdited,
  verdictFile,
  withRuns,
  type Case,
  type Site,
} from './site.ts';

const record = (site: Site, arm: 'blue' | 'green'): string => path.join(runFolderOf(site, arm), 'run.json');
const append = (file: string, text: string): Promise<void> => editText(file, (before) => `${before}${text}`);
const later = (time: string): string => new Date(Date.parse(time) + 1000).toISOString();

/** Newer runs that nobody judged. */
const newerRuns: readonly Case[] = [
  { what: 'a newer run is about another artifact', change: withRuns('another artifact') },
  { what: "a newer run's own numbers break a limit", change: withRuns('a broken rule') },
  { what: 'a newer run was aborted', change: withRuns('aborted') },
  { what: 'a newer run was interrupted', change: withRuns('interrupted') },
  { what: 'a newer run was killed', change: withRuns('killed') },
  { what: "the baseline's newer run is about another artifact", change: withRuns('another baseline') },
];

const goldEdits: readonly Case[] = [
  {
    what: 'the gold set was edited',
    change: ({ folder }) =>
      editText(path.join(folder, 'gold.jsonl'), (gold) => gold.replace('topic 24?', 'topic 24!')),
  },
  { what: 'a question was added to the gold set', change: ({ folder }) => writeGold(folder, 25) },
  {
    what: 'a document was edited under the offsets of an anchor',
    change: ({ folder }) =>
      editText(path.join(folder, 'doc.md'), (text) => text.replace('known', 'known'.toUpperCase())),
  },
  {
    what: 'a document under the offsets of an anchor is gone',
    change: ({ folder }) => rm(path.join(folder, 'doc.md')),
  },
];

const healed = {
  'page of the run after runs score': 'pass',
  'page of the comparison after runs score': 'pass',
} as const;
const isHealed = 'scoring writes record and scores anew from the calls, and they are what was judged';

const runEdits: readonly Case[] = [
  {
    what: 'run.json was edited',
    change: (site) => editJson(record(site, 'green'), (run) => (run['summary'].coverage.mean = 0.9)),
    except: healed,
    because: isHealed,
  },
  {
    what: 'the summary of run.json was edited and given its hash',
    change: (site) => editJson(record(site, 'green'), (run) => (run['summary'].coverage.mean = 0.9), true),
    except: { ...healed, gate: 'pass' },
    because: `${isHealed}; gates judge those, and not the summary`,
  },
  {
    what: 'finished_at of the run was renewed',
    change: (site) =>
      editJson(record(site, 'green'), (run) => (run['finished_at'] = later(run['finished_at']))),
    except: healed,
    because: isHealed,
  },
  {
    what: 'finished_at of the run was renewed, and the record given its hash',
    change: (site) =>
      editJson(record(site, 'green'), (run) => (run['finished_at'] = later(run['finished_at'])), true),
    except: healed,
    because: isHealed,
  },
  {
    what: 'calls.jsonl was edited',
    change: (site) =>
      editText(path.join(runFolderOf(site, 'green'), 'calls.jsonl'), (text) => text.replace('"ok"', '"OK"')),
  },
  {
    what: 'calls.jsonl is longer',
    change: (site) => append(path.join(runFolderOf(site, 'green'), 'calls.jsonl'), '\n'),
  },
  {
    what: 'scores.jsonl was edited',
    change: (site) =>
      editText(path.join(runFolderOf(site, 'green'), 'scores.jsonl'), (text) =>
        text.replace('convergent', 'CONVERGENT'),
      ),
    except: healed,
    because: isHealed,
  },
  {
    what: 'snippets.jsonl is missing',
    change: (site) => rm(path.join(runFolderOf(site, 'green'), 'snippets.jsonl')),
  },
  {
    what: "the run's folder was copied to a newer name",
    change: (site) =>
      cp(runFolderOf(site, 'green'), path.join(site.store, '20991122T213000Z-green-000000'), {
        recursive: true,
      }),
  },
  {
    what: "the run's folder was copied to a newer name, its id with it",
    async change(site) {
      const folder = path.join(site.store, '20991122T213000Z-green-000000');
      await cp(runFolderOf(site, 'green'), folder, { recursive: true });
      for (const name of ['run.json', 'plan.json'])
        await editJson(path.join(folder, name), (run) => (run['id'] = path.basename(folder)));
    },
  },
  {
    what: 'an older version of the run, scored by other options, was put back',
    change: restored,
    except: healed,
    because: isHealed,
  },
  {
    what: 'the judged run was deleted',
    change: (site) => rm(runFolderOf(site, 'green'), { recursive: true }),
  },
];

/** Of a verdict file that was edited or is in the wrong place, the runs are as they were: judging again is a pass. */
const unharmed = { gate: 'pass' } as const;
const isUnharmed = 'the runs are what they were: judged again, they pass';

const verdictEdits: readonly Case[] = [
  {
    what: 'expires_at of the verdict was edited',
    change: verdictEdited((verdict) => (verdict['expires_at'] = later(verdict['expires_at']))),
  },
  {
    what: 'a rule of the verdict was edited',
    change: verdictEdited((verdict) => (verdict['rules'][0].value = 0.1)),
  },
  {
    what: 'the policy of the verdict was edited',
    change: verdictEdited((verdict) => (verdict['policy'] = 'f'.repeat(64))),
  },
  {
    what: 'the artifact of the verdict was edited',
    change: verdictEdited((verdict) => (verdict['artifact'] = 'f'.repeat(64))),
  },
  {
    what: 'the hash of the verdict was removed',
    change: verdictEdited((verdict) => delete verdict['integrity']),
  },
  {
    what: 'the verdict was cut',
    change: (site: Site) => editText(verdictFile(site), (text) => text.slice(0, -100)),
  },
].map((one) => ({ ...one, except: unharmed, because: isUnharmed }));

/** Judges Green by a limit that it does not keep, and edits the `fail` that comes of it. */
const editedFail: Case = {
  what: 'a fail was edited to a pass',
  judgesFirst: true,
  async change(site) {
    await configured((config) => (config['gates'].acceptance.rules.semantic_distance = { limit: 0.1 }))(site);
    expect((await flipgate(site.folder, ['gate', 'acceptance', '--json'])).code).toBe(1);
    await editJson(verdictFile(site), (verdict) => {
      verdict['verdict'] = 'pass';
      for (const rule of verdict['rules']) rule.verdict = 'pass';
    });
  },
};

const ofAnother = {
  compare: 'not pass',
  'page of the comparison': 'pass',
  'page of the run': 'pass',
  'report --format html': 'pass',
  'page of the run after runs score': 'pass',
  'page of the comparison after runs score': 'pass',
  gate: 'not pass',
} as const;

const verdictCopies: readonly Case[] = [
  {
    what: 'the verdict was copied to another gate',
    change: (site) => cp(verdictFile(site), verdictFile(site, 'nightly')),
    about: { gate: 'nightly', arm: 'green' },
    except: { ...ofAnother, 'report --format html': 'not pass', gate: 'pass' },
    because: 'the pages of these runs say what acceptance has judged; nightly judges them when it is asked',
  },
  {
    what: 'the verdict was copied to another arm',
    change: (site) => cp(verdictFile(site), verdictFile(site, 'acceptance', 'blue')),
    about: { gate: 'acceptance', arm: 'blue' },
    except: ofAnother,
    because: 'acceptance has judged these runs of Green, and its pages say so',
  },
];

const baselineEdits: readonly Case[] = [
  {
    what: "the baseline's run was replaced by another one of its name",
    async change(site) {
      const [other = ''] = await site.kit.runsOf('another baseline');
      const folder = runFolderOf(site, 'blue');
      await rm(folder, { recursive: true });
      await cp(other, folder, { recursive: true });
      for (const name of ['run.json', 'plan.json'])
        await editJson(
          path.join(folder, name),
          (run) => (run['id'] = path.basename(folder)),
          name === 'run.json',
        );
    },
  },
  {
    what: "the baseline's run was deleted",
    change: (site) => rm(runFolderOf(site, 'blue'), { recursive: true }),
  },
  {
    what: "the baseline's record was edited and given its hash",
    change: (site) => editJson(record(site, 'blue'), (run) => (run['summary'].coverage.mean = 0.9), true),
    except: { gate: 'pass' },
    because: 'gates judge its calls and scores, which are what they were',
  },
  {
    what: "the baseline's calls were edited",
    change: (site) => append(path.join(runFolderOf(site, 'blue'), 'calls.jsonl'), '\n'),
  },
];

const hours = 3_600_000;

const times: readonly Case[] = [
  { what: 'two hours have passed', change: () => Promise.resolve(), ahead: 2 * hours },
  { what: 'the clock was set back by two hours', change: () => Promise.resolve(), ahead: -2 * hours },
  { what: 'the artifact was rolled back since', change: rolledBack },
];

async function rolledBack(site: Site): Promise<void> {
  const { artifact = '' } = await json(verdictFile(site));
  const log = openRollbackLog(site.store, Date.now);
  const at = new Date().toISOString();
  const about = {
    schema: 'flipgate.rollback/1',
    id: 'f0f1f2',
    at,
    pointer: 'edge',
    trigger: 'alertmanager',
    causes: ['f1'],
  } as const;
  await log.add({ ...about, event: 'begun', rolled_back: { arm: 'green', artifact, known_from: 'verdict' } });
  await log.add({
    ...about,
    event: 'ended',
    outcome: 'done',
    seconds: 2,
    reason: 'rolled back, and read back',
    output: '',
  });
}

/** Puts the run in the place of the judged one that was scored by other options. */
async function restored(site: Site): Promise<void> {
  const [other = ''] = await site.kit.runsOf('scored otherwise');
  const folder = runFolderOf(site, 'green');
  await rename(folder, `${folder}.before`);
  await cp(other, folder, { recursive: true });
  await rm(`${folder}.before`, { recursive: true });
}

/** After each of these nobody may say that Green passes. */
export const changes: readonly Case[] = [
  ...newerRuns,
  ...goldEdits,
  ...configurationChanges,
  ...runEdits,
  ...verdictEdits,
  editedFail,
  ...verdictCopies,
  ...baselineEdits,
  ...times,
  ...interruptedJudgings,
];
