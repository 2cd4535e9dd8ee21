import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentKinds } from '../../src/store/documents/kinds.ts';
import { beginJudging } from '../../src/store/documents/judging.ts';
import { openRollbackLog } from '../../src/store/documents/rollback.ts';
import { healthy, send } from '../support/arm-server.ts';
import { flipgate, json, jsonLines, runFolders } from '../support/cli.ts';
import { healthyStore, type HealthyStore } from '../support/conformance/store.ts';
import { rollbackLines } from '../support/store-files.ts';

// The schemas as they ship, by a validator that shares nothing with the code that reads and writes.
const root = path.join(import.meta.dirname, '../..');
const shipped = new Map<string, { readonly required?: readonly string[] }>();
const validators = new Map<string, ValidateFunction>();

type Document = Readonly<Record<string, any>>;
/** Every document of a store that has all kinds of them, by kind. */
const found = new Map<string, readonly Document[]>();
let arms: HealthyStore;
let folder = '';

beforeAll(async () => {
  for (const { name } of documentKinds) {
    const schema = await json(path.join(root, 'schemas', `${name}.json`));
    shipped.set(name, schema);
    validators.set(name, validatorOf(schema));
  }
  arms = await healthyStore();
  folder = await arms.copy();
  const store = path.join(folder, 'reports');
  await askWithFaults();
  await flipgate(folder, ['gate', 'acceptance']);
  await flipgate(folder, [
    'drill',
    'record',
    '--pointer',
    'edge',
    '--ttr',
    '40',
    '--verified',
    '--note',
    'by hand',
  ]);
  const log = openRollbackLog(store, Date.now);
  for (const event of rollbackLines()) await log.add(event);
  await beginJudging(store, { gate: 'watch', arm: 'green', run: undefined, now: Date.now() });
  await collect(store);
}, 120_000);

afterAll(() => arms.close());

/** One more session: of Green's calls some fault, and one has all that a response can have. */
async function askWithFaults(): Promise<void> {
  const green = arms.arms[1]!;
  let asked = 0;
  green.respond = (request, response) => {
    asked += 1;
    if (asked === 1) send(response, 503, {});
    else if (asked === 2) response.end('no JSON');
    else send(response, 200, { ...healthy(green, request), ...everything });
  };
  expect((await flipgate(folder, ['run', '--quiet'])).code).toBe(0);
}

const everything = {
  citations: ['S_1'],
  tool_calls: [{ name: 'search', arguments: { words: ['one'] } }],
  side_effects: 1,
  dedupe_hits: 2,
  usage: { input_tokens: 10, output_tokens: 2 },
};

function validatorOf(schema: object): ValidateFunction {
  // The pattern beside it says what a date-time is.
  return new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': true } }).compile(schema);
}

async function collect(store: string): Promise<void> {
  const runs = await runFolders(store);
  const lines = async (name: string): Promise<Document[]> =>
    (await Promise.all(runs.map((run) => jsonLines(path.join(run, name))))).flat();
  const ofRuns = (name: string): Promise<Document[]> =>
    Promise.all(runs.map((run) => json(path.join(run, name))));
  const verdicts = await inFolderOf(store, 'verdicts');
  found.set('plan', await ofRuns('plan.json'));
  found.set('run', await ofRuns('run.json'));
  found.set('call', await lines('calls.jsonl'));
  found.set('score', await lines('scores.jsonl'));
  found.set('comparison', await inFolderOf(store, 'comparisons'));
  found.set('verdict', [...verdicts, ...(await jsonLines(path.join(store, 'verdicts/history.jsonl')))]);
  found.set('judging', await inFolderOf(store, 'verdicts/judging'));
  found.set('drill', await inFolderOf(store, 'drills'));
  found.set('rollback', await jsonLines(path.join(store, 'rollbacks/history.jsonl')));
  found.set('gold', await inFolderOf(store, 'gold'));
}

/** The JSON documents in a folder, or one folder further in. */
async function inFolderOf(store: string, name: string): Promise<Document[]> {
  const entries = await readdir(path.join(store, name), { withFileTypes: true });
  const files = entries.map((entry) =>
    path.join(store, name, entry.name, ...(name === 'comparisons' ? ['comparison.json'] : [])),
  );
  const wanted = files.filter((file) => file.endsWith('.json') && existsSync(file));
  return Promise.all(wanted.map((file) => json(file)));
}

describe.each(documentKinds)('every $name', ({ name, schema }) => {
  const all = (): readonly Document[] => found.get(name) ?? [];

  test('of a store is what the shipped schema says', () => {
    const validate = validators.get(name)!;
    expect(all().length).toBeGreaterThan(0);
    for (const document of all()) expect([validate(document), validate.errors]).toEqual([true, null]);
  });

  test('has no key that the schema does not tell of', () => {
    for (const document of all()) expect(schema.parse(document)).toEqual(document);
  });

  test('without a key that is always there is none, to the schema and to the reader', () => {
    const [document = {}] = all();
    const { required = [] } = shipped.get(name) ?? {};
    for (const key of required) {
      const { [key]: _, ...rest } = document;
      expect([key, validators.get(name)!(rest), schema.safeParse(rest).success]).toEqual([key, false, false]);
    }
  });
});

test('one of a newer version is none', () => {
  for (const { name, version } of documentKinds) {
    if (version === undefined) continue;
    const newer = { ...found.get(name)?.[0], schema: version.replace(/\d+$/u, '2') };
    expect([name, validators.get(name)!(newer)]).toEqual([name, false]);
  }
});

test('a key that no schema tells of is let through', () => {
  for (const [name, [document]] of found)
    expect([name, validators.get(name)!({ ...document, later: { version: 2 } })]).toEqual([name, true]);
});
