import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startArm, type ArmServer } from '../../../support/arm-server.ts';
import { inFolder, json, jsonLines, runFolders, until, writeGold } from '../../../support/cli.ts';
import { main } from '../../../../src/main.ts';
import { run, testWorld } from '../../../support/world.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(delay = 0): Promise<ArmServer> {
  const server = await startArm(delay);
  servers.push(server);
  return server;
}

const words = (server: ArmServer, ...more: readonly string[]): readonly string[] => [
  'run',
  '--blue',
  server.url,
  '--gold',
  'gold.jsonl',
  '--no-scores',
  ...more,
];
/** What a terminal would take as a command, not as text. */
// eslint-disable-next-line no-control-regex
const escape = /\u001B\[/u;

test('a clock that jumps gives latencies that are true and times that JSON can hold', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 1);
    const hour = 3_600_000;
    let reads = 0;
    const clock = {
      now: () => Date.now() + [0, 5 * hour, -5 * hour][(reads += 1) % 3]!,
      monotonic: () => performance.now() / 1000,
    };
    const ended = await run(folder, words(server, '--json'), { clock });
    expect(ended.code).toBe(0);
    const { summary } = (JSON.parse(ended.out()) as { runs: Record<string, any>[] }).runs[0]!;
    expect(summary['latency']['total'].p99).toBeGreaterThan(0);
    expect(summary['latency']['total'].p99).toBeLessThan(60);
  }));

test('--json puts one JSON document on stdout and nothing else; --quiet leaves stderr empty', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 1);
    const ended = await run(folder, words(server, '--json', '--quiet'));
    expect(JSON.parse(ended.out())).toMatchObject({
      schema: 'flipgate.session/1',
      runs: [{ arm: 'blue', role: 'single' }],
    });
    expect([ended.out().trimEnd().includes('\n'), ended.err()]).toEqual([false, '']);
  }));

test('on a terminal there are colours and a bar; NO_COLOR takes the colours, CI the bar, and a pipe both', () =>
  inFolder(async (folder) => {
    const server = await arm(60);
    await writeGold(folder, 1);
    const args = words(server, '--concurrency', '2');
    const terminal = await run(folder, args, { terminal: true });
    expect([escape.test(terminal.out()), terminal.err().includes('\r')]).toEqual([true, true]);
    const plain = await run(folder, args, { terminal: true, environment: { NO_COLOR: '1' } });
    expect(escape.test(plain.out())).toBe(false);
    const ci = await run(folder, args, { terminal: true, environment: { CI: 'true' } });
    expect(ci.err()).not.toContain('\r');
    const piped = await run(folder, args);
    expect(escape.test(piped.out() + piped.err())).toBe(false);
  }));

test('a resume of an arm that the session never had is refused, and is no success', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 1);
    await run(folder, words(server));
    const ended = await run(folder, [
      'run',
      '--resume',
      '--arm',
      'green',
      '--blue',
      server.url,
      '--green',
      server.url,
      '--no-scores',
    ]);
    expect([ended.code, ended.err()]).toEqual([
      2,
      expect.stringContaining('no run of arm "green" to resume'),
    ]);
  }));

test('a resume goes on with one run by its id and with a session by its, and leaves the other runs alone', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(), await arm()];
    await writeGold(folder, 1);
    const both = ['--blue', blue.url, '--green', green.url, '--no-scores'];
    await run(folder, ['run', '--gold', 'gold.jsonl', ...both]);
    await writeGold(folder, 2);
    const [runs, asked] = [
      await runFolders(path.join(folder, 'reports')),
      (): number[] => [blue.received.length, green.received.length],
    ];
    expect(asked()).toEqual([8, 8]);
    const ofGreen = path.basename(runs.find((name) => name.includes('-green-'))!);
    expect((await run(folder, ['run', '--resume', ofGreen, ...both])).code).toBe(0);
    expect(asked()).toEqual([8, 16]);
    const { session } = await json(path.join(folder, 'reports', ofGreen, 'plan.json'));
    expect((await run(folder, ['run', '--resume', session as string, ...both])).code).toBe(0);
    expect(asked()).toEqual([16, 16]);
    expect((await run(folder, ['run', '--resume', '20200101T000000Z-abcdef', ...both])).code).toBe(2);
  }));

test('a resume asks with the seeds, the order and the sample that the run was begun with', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 4);
    await run(folder, words(server, '--limit', '2', '--seeds', '5', '--paraphrases', '1'));
    const [before] = await runFolders(path.join(folder, 'reports'));
    expect(server.received).toHaveLength(4);
    const lines = (await readFile(path.join(before!, 'calls.jsonl'), 'utf8')).trimEnd().split('\n');
    await writeFile(path.join(before!, 'calls.jsonl'), `${lines.slice(1).join('\n')}\n`);
    expect(
      (await run(folder, ['run', '--resume', '--blue', server.url, '--no-scores', '--seeds', '1,2'])).code,
    ).toBe(0);
    expect([server.received.length, server.received[4]?.seed]).toEqual([5, 5]);
    expect(server.received[4]?.headers['idempotency-key']).toBe(
      server.received.slice(0, 4).find(({ question }) => question === server.received[4]?.question)?.headers[
        'idempotency-key'
      ],
    );
  }));

test('a resume that is refused asks nothing and leaves the record of what was measured', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 1);
    const config = {
      gold: 'gold.jsonl',
      arms: { blue: { kind: 'http', url: server.url, versionsUrl: server.versionsUrl } },
    };
    await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
    expect((await run(folder, ['run', '--no-scores'])).code).toBe(0);
    const record = path.join((await runFolders(path.join(folder, 'reports')))[0]!, 'run.json');
    const before = await readFile(record, 'utf8');
    await writeGold(folder, 2);
    server.versions['MODEL_VER'] = 'm2';
    const ended = await run(folder, ['run', '--resume', '--no-scores']);
    expect([ended.code, ended.err()]).toEqual([4, expect.stringContaining('arm "blue" reports artifact')]);
    expect(server.received).toHaveLength(8);
    expect(await readFile(record, 'utf8')).toBe(before);
    server.versions['MODEL_VER'] = 'm1';
    expect((await run(folder, ['run', '--resume', '--no-scores'])).code).toBe(0);
    expect((await json(record))['summary']['calls']).toMatchObject({ planned: 16, ok: 16 });
  }));

test('Ctrl-C says at once what it does, ends with 130 and names the session to go on with', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 2);
    const respond = server.respond;
    const world = testWorld(folder, words(server, '--concurrency', '1'));
    server.respond = (request, response) => {
      if (server.received.length === 3) world.interrupt();
      respond(request, response);
    };
    expect(await main(world)).toBe(130);
    expect(world.err()).toContain('stopping: calls under way are finished and kept');
    const [stored] = await runFolders(path.join(folder, 'reports'));
    expect(await jsonLines(path.join(stored!, 'calls.jsonl'))).toHaveLength(3);
    expect(world.out()).toContain(
      `flipgate run --resume ${String((await json(path.join(stored!, 'run.json')))['session'])}`,
    );
  }));

test('the dry run tells calls, time and tokens, assumed at first and from the newest run later', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 2);
    const dry = async (): Promise<Record<string, any>> =>
      JSON.parse((await run(folder, words(server, '--dry-run', '--json'))).out()) as Record<string, any>;
    expect(await dry()).toMatchObject({
      questions: 2,
      phrasings: 4,
      seeds: [1, 2],
      arms: [{ arm: 'blue', calls: 16, basis: 'assumed' }],
    });
    expect(server.received).toHaveLength(0);
    await run(folder, words(server));
    expect((await dry())['arms'][0]).toMatchObject({ basis: 'newest run', input_tokens: 160 });
    expect(server.received).toHaveLength(16);
  }));

test.each([
  ['--arm', 'green', 'arm "green" is not configured'],
  ['--tag', 'none', 'no question has the tag "none"'],
  ['--paraphrases', '9', 'question "Q_001" has 3 paraphrases, 9 are asked for'],
  ['--concurrency', '1001', '--concurrency "1001" is not a whole number from 1 to 1000'],
  ['--timeout', '100000', '--timeout "100000" is not a number above 0 and at most 3600'],
  ['--seeds', '1,1', '--seeds "1,1" has a seed twice'],
  ['--max-calls', '1', 'the plan has 8 calls, more than the 1 allowed'],
  ['--blue', 'nonsense', 'is not a URL'],
])('%s %s stops before the first call', (flag, value, message) =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 1);
    const ended = await run(folder, words(server, flag, value));
    expect([ended.code, ended.out(), ended.err(), server.received.length]).toEqual([
      2,
      '',
      expect.stringContaining(message),
      0,
    ]);
  }),
);

test('a secret that has to be in the environment and is not stops before the first call', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 1);
    const config = {
      gold: 'gold.jsonl',
      arms: { blue: { kind: 'http', url: server.url, requiredSecrets: ['ASK_TOKEN'] } },
    };
    await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
    const ended = await run(folder, ['run']);
    expect([ended.code, ended.err(), server.received.length]).toEqual([
      2,
      expect.stringContaining('arm "blue" needs "ASK_TOKEN"'),
      0,
    ]);
  }));

test('a bug after Ctrl-C is a bug, not an interruption', () =>
  inFolder(async (folder) => {
    const server = await arm(20);
    await writeGold(folder, 5);
    let interrupted = false;
    const clock = {
      now: () => Date.now(),
      monotonic: () => {
        if (interrupted) throw new Error('the clock broke');
        return performance.now() / 1000;
      },
    };
    const world = testWorld(folder, words(server), { clock });
    const ended = main(world);
    await until(() => server.received.length > 0);
    world.interrupt();
    interrupted = true;
    expect([await ended, world.err()]).toEqual([70, expect.stringContaining('bug: Error: the clock broke')]);
  }));
