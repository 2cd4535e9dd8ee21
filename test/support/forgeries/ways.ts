import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../../src/base/canonical.ts';
import { sealed } from '../../../src/base/integrity/sealed.ts';
import { newKeyPair, privateKeyOf } from '../../../src/base/integrity/keys.ts';
import { ed25519Signer } from '../../../src/base/integrity/signer.ts';
import { json } from '../cli.ts';
import type { ForgeryKit, History } from './kit.ts';

/** A copy of a history that somebody works on, who can write the store and has no key. */
export interface Forging {
  readonly store: string;
  readonly history: History;
  readonly kit: ForgeryKit;
}

export interface Way {
  readonly what: string;
  /** The folder that is worked on. */
  readonly from: 'passed' | 'failed';
  readonly forge: (forging: Forging) => Promise<unknown>;
  /** By how many milliseconds the readers' clock is ahead. */
  readonly ahead?: number;
  /** Whether somebody has looked, by a clock that is ahead by so much, before the readers do. */
  readonly lookedAhead?: number;
}

const hour = 3_600_000;
const names = ['calls.jsonl', 'scores.jsonl', 'snippets.jsonl'];

const verdictOf = (store: string, gate = 'acceptance'): string =>
  path.join(store, 'verdicts', `${gate}.green.json`);

type Document = Record<string, any>;

/** Edits a document and gives it the hash that it has to have; the signature it loses. */
async function forged(file: string, edit: (document: Document) => unknown): Promise<void> {
  const { integrity: _lost, ...document } = (await json(file)) as Document;
  await edit(document);
  await writeFile(file, JSON.stringify(sealed(document)));
}

/** Makes a verdict say pass, by all its rules. */
function passing(verdict: Document): void {
  verdict['verdict'] = 'pass';
  delete verdict['problems'];
  for (const rule of verdict['rules']) {
    rule.verdict = 'pass';
    if (rule.limit !== undefined) rule.value = rule.limit;
  }
}

/** Puts the verdict of when Green had passed in the place of the newest. */
async function putBack({ store, history }: Forging): Promise<void> {
  for (const name of ['acceptance.green.json', 'acceptance.green.dsse.json'])
    await cp(path.join(history.passed, 'reports/verdicts', name), path.join(store, 'verdicts', name)).catch(
      () => undefined,
    );
}

async function putBackAll({ store, history }: Forging): Promise<void> {
  await rm(store, { recursive: true });
  await cp(path.join(history.passed, 'reports'), store, { recursive: true });
}

/** Gives a run's record the hashes of its files. */
async function rehash(folder: string, edit: (record: Document) => unknown = () => undefined): Promise<void> {
  const hashes = await Promise.all(
    names.map(async (name) => [name, sha256(await readFile(path.join(folder, name)))] as const),
  );
  await forged(path.join(folder, 'run.json'), (record) => {
    for (const [name, hash] of hashes) record['files'][name] = hash;
    return edit(record);
  });
}

/** What the good run has stands in the place of what the bad one has. */
async function goodInBad({ store, history: { runs } }: Forging): Promise<Document> {
  for (const name of names) await cp(path.join(store, runs.good, name), path.join(store, runs.bad, name));
  return (await json(path.join(store, runs.good, 'run.json'))) as Document;
}

async function later(file: string, milliseconds: number): Promise<void> {
  const text = await readFile(file, 'utf8');
  const moved = text.replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/gu, (_, time: string) =>
    JSON.stringify(new Date(Date.parse(time) + milliseconds).toISOString()),
  );
  await writeFile(file, moved);
}

/** The newest verdict is one of the good run, and the bad run is gone. */
async function withoutBad(forging: Forging): Promise<void> {
  await rm(path.join(forging.store, forging.history.runs.bad), { recursive: true });
  await putBack(forging);
}

export const ways: readonly Way[] = [
  {
    what: 'the word of the verdict',
    from: 'failed',
    forge: async ({ store }) => {
      const file = verdictOf(store);
      await writeFile(file, (await readFile(file, 'utf8')).replace('"verdict": "fail"', '"verdict": "pass"'));
    },
  },
  {
    what: 'the word of the verdict, and its hash',
    from: 'failed',
    forge: ({ store }) => forged(verdictOf(store), (verdict) => (verdict['verdict'] = 'pass')),
  },
  {
    what: 'the word and the rules of the verdict, and its hash',
    from: 'failed',
    forge: ({ store }) => forged(verdictOf(store), passing),
  },
  {
    what: 'a verdict of one rule of its own',
    from: 'failed',
    forge: ({ store }) =>
      forged(verdictOf(store), (verdict) => {
        verdict['rules'] = [{ rule: 'mine', verdict: 'pass', reason: 'it is' }];
        passing(verdict);
      }),
  },
  {
    what: 'a verdict that rests on no run',
    from: 'failed',
    forge: ({ store }) =>
      forged(verdictOf(store), (verdict) => {
        passing(verdict);
        verdict['runs'] = {};
        delete verdict['records'];
      }),
  },
  { what: 'an older pass, put back', from: 'failed', forge: putBack },
  {
    what: 'an older pass, put back with new times',
    from: 'failed',
    forge: async (forging) => {
      await putBack(forging);
      await forged(verdictOf(forging.store), (verdict) => {
        const now = new Date().toISOString();
        Object.assign(verdict, { evaluated_at: now, evidence_at: now });
      });
    },
  },
  { what: 'an older pass, put back, and the bad run deleted', from: 'failed', forge: withoutBad },
  { what: 'the whole store, put back from a copy', from: 'failed', forge: putBackAll },
  {
    what: 'an expired pass with new times',
    from: 'passed',
    ahead: 2 * hour,
    forge: async ({ store }) => {
      await later(verdictOf(store), 2 * hour);
      await forged(verdictOf(store), () => undefined);
    },
  },
  {
    what: 'an expired pass, and the clock set back',
    from: 'passed',
    lookedAhead: 2 * hour,
    forge: async () => undefined,
  },
  {
    what: 'the summary of the bad run, and a verdict to match',
    from: 'failed',
    forge: async ({ store, history: { runs } }) => {
      const good = (await json(path.join(store, runs.good, 'run.json'))) as Document;
      await forged(path.join(store, runs.bad, 'run.json'), (record) => (record['summary'] = good['summary']));
      const { integrity } = (await json(path.join(store, runs.bad, 'run.json'))) as Document;
      await forged(verdictOf(store), (verdict) => {
        passing(verdict);
        verdict['records'].candidate.sha256 = integrity.sha256;
      });
    },
  },
  {
    what: 'the calls and scores of the good run in the bad one',
    from: 'failed',
    forge: async (forging) => {
      const { summary } = await goodInBad(forging);
      await rehash(path.join(forging.store, forging.history.runs.bad), (record) => {
        record['summary'] = summary;
      });
    },
  },
  {
    what: 'the scores of the bad run',
    from: 'failed',
    forge: async ({ store, history: { runs } }) => {
      await cp(path.join(store, runs.good, 'scores.jsonl'), path.join(store, runs.bad, 'scores.jsonl'));
      await rehash(path.join(store, runs.bad));
    },
  },
  {
    what: 'the good run under a newer name',
    from: 'failed',
    forge: async ({ store, history: { runs } }) => {
      const id = runs.bad.replace(/-[0-9a-f]{6}$/u, '-ffffff');
      const folder = path.join(store, id);
      await cp(path.join(store, runs.good), folder, { recursive: true });
      const plan = path.join(folder, 'plan.json');
      await writeFile(plan, (await readFile(plan, 'utf8')).replaceAll(runs.good, id));
      await rm(path.join(store, runs.bad), { recursive: true });
      await forged(path.join(folder, 'run.json'), (record) => (record['id'] = id));
    },
  },
  {
    what: 'expired runs with new times',
    from: 'passed',
    ahead: 2 * hour,
    forge: async ({ store, history: { runs } }) => {
      for (const run of [runs.blue, runs.good]) {
        const folder = path.join(store, run);
        for (const name of ['calls.jsonl', 'plan.json', 'run.json'])
          await later(path.join(folder, name), 2 * hour - 60_000);
        await rehash(folder);
      }
    },
  },
  {
    what: 'a run and a verdict of another store, signed by the same key',
    from: 'failed',
    forge: async ({ store, kit, history }) => {
      const other = history === kit.unsigned ? kit.signed : kit.staging;
      await rm(store, { recursive: true });
      await cp(path.join(other.passed, 'reports'), store, { recursive: true });
    },
  },
  {
    what: 'a pass of another gate, renamed',
    from: 'failed',
    forge: ({ store }) => cp(verdictOf(store, 'lax'), verdictOf(store)),
  },
  {
    what: 'a pass of another gate with the name and the policy of this one',
    from: 'failed',
    forge: async ({ store }) => {
      const { policy } = (await json(verdictOf(store))) as Document;
      await cp(verdictOf(store, 'lax'), verdictOf(store));
      await forged(verdictOf(store), (verdict) => {
        Object.assign(verdict, { gate: 'acceptance', policy });
        verdict['subject'].policy = policy;
      });
    },
  },
  {
    what: 'the baseline’s run, made worse',
    from: 'failed',
    forge: async ({ store, history: { runs } }) => {
      const blue = path.join(store, runs.blue);
      const scores = await readFile(path.join(blue, 'scores.jsonl'), 'utf8');
      await writeFile(
        path.join(blue, 'scores.jsonl'),
        scores.replaceAll(/"coverage":[\d.]+/gu, '"coverage":0'),
      );
      await rehash(blue);
      await forged(verdictOf(store), passing);
    },
  },
  {
    what: 'a drill written by hand',
    from: 'passed',
    forge: async ({ store }) => {
      const file = path.join(store, 'drills/edge.json');
      await forged(file, (drill) => Object.assign(drill, { ttr_seconds: 1, note: 'never made' }));
      await rm(verdictOf(store));
    },
  },
  {
    what: 'the rules of the verdict, signed by a key of one’s own',
    from: 'failed',
    forge: async ({ store }) => {
      const { integrity: _lost, ...verdict } = (await json(verdictOf(store))) as Document;
      passing(verdict);
      const own = privateKeyOf(newKeyPair().privatePem);
      const signer = own && ed25519Signer(own, 'production');
      await writeFile(verdictOf(store), JSON.stringify(sealed(verdict, signer)));
    },
  },
  {
    what: 'the rules of the verdict, with the signature of another document',
    from: 'failed',
    forge: async ({ store, history }) => {
      const { integrity } = (await json(
        path.join(history.passed, 'reports/verdicts/acceptance.green.json'),
      )) as Document;
      await forged(verdictOf(store), passing);
      const verdict = (await json(verdictOf(store))) as Document;
      if (integrity.signature !== undefined) verdict['integrity'].signature = integrity.signature;
      await writeFile(verdictOf(store), JSON.stringify(verdict));
    },
  },
  {
    what: 'the name of the good run for the bad one’s folder',
    from: 'failed',
    forge: async (forging) => {
      const { store, history } = forging;
      await rm(path.join(store, history.runs.bad), { recursive: true });
      await rename(path.join(store, history.runs.good), path.join(store, history.runs.bad));
      await forged(
        path.join(store, history.runs.bad, 'run.json'),
        (record) => (record['id'] = history.runs.bad),
      );
    },
  },
];
