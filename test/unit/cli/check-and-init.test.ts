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
    error_body?: string;
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

test.each([
  [422, /the body that it wants/u],
  [404, /set url: and method:/u],
  [500, /its own log says why/u],
])('check shows what an arm says with status %i, and what to try', (status, advice) =>
  inFolder(async (folder) => {
    const blue = await arm();
    const detail = [{ type: 'missing', loc: ['body', 'query'], msg: 'Field required' }];
    blue.respond = (_, response) => send(response, status, { detail });
    await writeGold(folder, 1);
    const checked = await check(folder, ['--blue', blue.url]);
    expect([checked.code, checked.arms[0]]).toMatchObject([
      4,
      { outcome: 'status', error_body: JSON.stringify({ detail }), advice: [expect.stringMatching(advice)] },
    ]);
    const shown = (await run(folder, ['check', '--gold', 'gold.jsonl', '--blue', blue.url])).out();
    expect(shown).toContain('it said: {"detail":[{"type":"missing","loc":["body","query"]');
    expect(shown).not.toContain('README');
  }),
);

test('what an arm says with an error is redacted before it is cut, and shown on one line', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const secret = 'a-secret-that-nobody-may-see';
    const body = `${'x\n'.repeat(245)}${secret} and more ${secret} ${'y'.repeat(200_000)}`;
    blue.respond = (_, response) => void response.writeHead(500).end(body);
    await writeGold(folder, 1);
    const config = `gold: gold.jsonl\nbaseline: blue\narms:\n  blue:\n    kind: http\n    url: ${blue.url}\n    headers: { authorization: "Bearer \${TOKEN}" }\n`;
    await writeFile(path.join(folder, 'flipgate.yaml'), config);
    const ended = await run(folder, ['check', '--arm', 'blue'], { environment: { TOKEN: secret } });
    const [said] = ended
      .out()
      .split('\n')
      .filter((line) => line.includes('it said:'));
    expect(said).toMatch(/x x \S+.*…$/u);
    expect(said!.length).toBeLessThan(520);
    expect(ended.out()).not.toContain('a-secret');
  }));

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
  [404, 'status', 'set url: and method: of the arm'],
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
