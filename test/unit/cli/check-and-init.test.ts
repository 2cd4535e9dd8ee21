import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { healthy, send, startArm, type ArmServer } from '../../support/arm-server.ts';
import { inFolder, writeGold } from '../../support/cli.ts';
import { run } from '../../support/world.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(): Promise<ArmServer> {
  const server = await startArm();
  servers.push(server);
  return server;
}

interface Checked {
  readonly code: number;
  readonly arms: readonly {
    arm: string;
    outcome: string;
    fields: { field: string; found?: string }[];
    advice: string[];
    versions_url?: string;
  }[];
  readonly clock: string;
  readonly cells: number;
}

async function check(folder: string, more: readonly string[], clock = Date.now()): Promise<Checked> {
  const ended = await run(folder, ['check', '--gold', 'gold.jsonl', '--json', ...more], {
    clock: { now: () => clock, monotonic: () => 0 },
  });
  return { code: ended.code, ...(JSON.parse(ended.out()) as Omit<Checked, 'code'>) };
}

test('check makes one call per arm and shows field by field what it found', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(), await arm()];
    await writeGold(folder, 2);
    const checked = await check(folder, ['--blue', blue.url, '--green', green.url]);
    expect([checked.code, blue.received.length, green.received.length, checked.cells]).toEqual([0, 1, 1, 16]);
    const found = checked.arms[0]!.fields;
    expect(found.map(({ field }) => field)).toEqual([
      'answer',
      'retrieved',
      'citations',
      'stages',
      'versions',
      'tool_calls',
      'side_effects',
      'dedupe_hits',
      'usage',
    ]);
    expect(found.every((field) => field.found !== undefined)).toBe(true);
    expect(checked.arms[0]!.advice).toEqual([expect.stringContaining('no pins')]);
  }));

test('check says of each thing that is missing how to add it', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    blue.respond = (_, response) =>
      send(response, 200, { retrieved: [{ text: 'only a text' }], versions: { INDEX_HASH: 'i' } });
    const retrievalOnly = (await check(folder, ['--blue', blue.url])).arms[0]!.advice.join('\n');
    for (const part of [
      'no "answer"',
      'snippets lack snippet_id, section_id, source_url, offsets',
      'no "stages"',
      'versions lack EMBED_SCHEMA, RERANK_CONF, PROMPT_VER, MODEL_VER',
    ])
      expect(retrievalOnly).toContain(part);
    blue.respond = (_, response) => send(response, 200, { answer: 'yes' });
    expect((await check(folder, ['--blue', blue.url])).arms[0]!.advice.join('\n')).toContain(
      'no "retrieved"',
    );
  }));

test.each([
  [401, 'status', 'the service wants credentials'],
  [404, 'status', 'method, path and body can be configured'],
])('check of an arm that answers %i ends with 4 and says what to do', (status, outcome, advice) =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    blue.respond = (_, response) => send(response, status, {});
    expect(await check(folder, ['--blue', blue.url])).toMatchObject({
      code: 4,
      arms: [{ outcome, advice: [expect.stringContaining(advice)] }],
    });
  }),
);

test('check of an arm of another shape, a slow one and one that is not there ends with 4', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(), await arm()];
    await writeGold(folder, 1);
    blue.respond = (_, response) => send(response, 200, { data: [] });
    green.respond = () => undefined;
    const checked = await check(folder, ['--blue', blue.url, '--green', green.url, '--timeout', '0.1']);
    expect([checked.code, checked.arms.map(({ outcome }) => outcome)]).toEqual([4, ['shape', 'timeout']]);
    await green.close();
    const gone = await check(folder, ['--green', green.url]);
    expect([gone.code, gone.arms[0]!.outcome]).toEqual([4, 'network']);
    servers.splice(servers.indexOf(green), 1);
  }));

test('check asks the versionsUrl, and one that fails is told', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    const checked = async (versionsUrl: string): Promise<string> => {
      await writeFile(
        path.join(folder, 'flipgate.json'),
        JSON.stringify({ arms: { blue: { kind: 'http', url: blue.url, versionsUrl } } }),
      );
      return String((await check(folder, [])).arms[0]!.versions_url);
    };
    expect(await checked(blue.versionsUrl)).toContain('versionsUrl answers in');
    expect(await checked('http://127.0.0.1:9/versions')).toContain('versionsUrl fails');
  }));

test('check notices a clock that stands in the past', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    expect((await check(folder, ['--blue', blue.url], 0)).clock).toContain('this is in the past');
  }));

test('what an arm wrote cannot steer the terminal', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    blue.respond = (request, response) =>
      send(response, 200, {
        ...healthy(blue, request),
        answer: 'x\u001B[2J\u001B]0;title\u0007::stop-commands::y',
      });
    const ended = await run(folder, ['check', '--gold', 'gold.jsonl', '--blue', blue.url]);
    expect(ended.code).toBe(0);
    expect(ended.out().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(ended.out()).not.toContain('::stop');
  }));

test('check of an arm that is not configured, and without any, ends with 2', () =>
  inFolder(async (folder) => {
    await writeGold(folder, 1);
    for (const words of [['--arm', 'teal', '--blue', 'http://127.0.0.1:9/'], []])
      expect((await run(folder, ['check', '--gold', 'gold.jsonl', ...words])).code).toBe(2);
  }));

test('init leaves alone what is there, adds what is missing, and says so', () =>
  inFolder(async (folder) => {
    await mkdir(path.join(folder, 'gold'));
    await writeFile(path.join(folder, 'gold', 'gold.jsonl'), 'mine');
    const first = await run(folder, ['init']);
    expect([first.code, first.out()]).toEqual([
      0,
      expect.stringContaining('kept   gold/gold.jsonl, which was there already'),
    ]);
    expect(await readFile(path.join(folder, 'gold', 'gold.jsonl'), 'utf8')).toBe('mine');
    const config = await readFile(path.join(folder, 'flipgate.yaml'), 'utf8');
    const second = await run(folder, ['init']);
    expect([second.code, second.err()]).toEqual([2, expect.stringContaining('nothing was written')]);
    expect(await readFile(path.join(folder, 'flipgate.yaml'), 'utf8')).toBe(config);
  }));

test('the gold set that init writes is clean but for its size', () =>
  inFolder(async (folder) => {
    await run(folder, ['init']);
    const lint = await run(folder, ['gold', 'hash', '--config', 'flipgate.yaml']);
    expect([lint.code, lint.out()]).toEqual([0, expect.stringMatching(/[0-9a-f]{64}/u)]);
    const dry = await run(folder, ['run', '--dry-run', '--json']);
    expect(JSON.parse(dry.out())).toMatchObject({
      questions: 2,
      phrasings: 4,
      arms: [{ arm: 'blue' }, { arm: 'green' }],
    });
  }));
