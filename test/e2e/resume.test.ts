import { appendFile, readFile, rm, truncate, writeFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startArm, type ArmServer } from '../support/arm-server.ts';
import {
  flipgate,
  inFolder,
  json,
  jsonLines,
  runFolders,
  start,
  until,
  writeGold,
  type Finished,
} from '../support/cli.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(delay = 0): Promise<ArmServer> {
  const server = await startArm(delay);
  servers.push(server);
  return server;
}

const summaryOf = async (run: string): Promise<string> => {
  const { summary } = await json(path.join(run, 'run.json'));
  return JSON.stringify({ ...summary, latency: undefined });
};

/** Runs with little concurrency and kills the process as soon as the server has had some calls. */
async function killed(folder: string, server: ArmServer, calls: number): Promise<string> {
  const process = start(folder, ['run', '--blue', server.url, '--gold', 'gold.jsonl', '--concurrency', '2']);
  await until(() => server.received.length >= calls);
  process.child.kill('SIGKILL');
  await process.finished;
  return (await runFolders(path.join(folder, 'reports')))[0]!;
}

const resume = (folder: string, server: ArmServer, more: readonly string[] = []): Promise<Finished> =>
  flipgate(folder, ['run', '--resume', '--blue', server.url, '--concurrency', '2', ...more]);

test('a run that was killed again and again is finished by resumes, asks nothing twice but what was under way, and ends in the same summary', () =>
  inFolder(async (folder) => {
    const server = await arm(10);
    await writeGold(folder, 4);
    const run = await killed(folder, server, 7);
    await expect(stat(path.join(run, 'run.json'))).rejects.toThrow('ENOENT');
    expect(
      (await readFile(path.join(run, 'calls.jsonl'), 'utf8')).split('\n').length - 1,
    ).toBeGreaterThanOrEqual(5);
    const second = start(folder, ['run', '--resume', '--blue', server.url, '--concurrency', '2']);
    await until(() => server.received.length >= 18);
    second.child.kill('SIGKILL');
    await second.finished;
    const result = await resume(folder, server);
    expect(result.code).toBe(0);
    const calls = await jsonLines(path.join(run, 'calls.jsonl'));
    expect(new Set(calls.map((call) => call['key'])).size).toBe(32);
    expect(server.received.length).toBeLessThanOrEqual(32 + 4);
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(32);
    const whole = await flipgate(folder, [
      'run',
      '--blue',
      server.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '7',
      '--store',
      'other',
    ]);
    expect(whole.code).toBe(0);
    expect(await summaryOf(run)).toBe(await summaryOf((await runFolders(path.join(folder, 'other')))[0]!));
  }));

test('a torn last line is dropped, counted and asked again; garbage in the middle too', () =>
  inFolder(async (folder) => {
    const server = await arm(5);
    await writeGold(folder, 3);
    const run = await killed(folder, server, 9);
    const file = path.join(run, 'calls.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    await writeFile(
      file,
      `${[lines[0], 'garbage', ...lines.slice(1)].join('\n')}\n{"question":"Q_001","phra`,
    );
    await appendFile(path.join(run, 'snippets.jsonl'), '{"sha256":"abc');
    expect((await resume(folder, server)).code).toBe(0);
    const record = await json(path.join(run, 'run.json'));
    expect(record['findings']).toContainEqual({ code: 'torn_line', count: 2 });
    expect(await jsonLines(file)).toHaveLength(24);
    expect(record['summary']['calls']['ok']).toBe(24);
  }));

test('a call whose retrieved text was lost is asked again', () =>
  inFolder(async (folder) => {
    const server = await arm(5);
    await writeGold(folder, 3);
    const run = await killed(folder, server, 9);
    await truncate(path.join(run, 'snippets.jsonl'), 0);
    expect((await resume(folder, server)).code).toBe(0);
    expect((await json(path.join(run, 'run.json')))['summary']['coverage']['mean']).toBe(1);
  }));

test('with a changed gold set it asks the new, keeps what still holds and drops the rest, under the same id', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 3);
    await flipgate(folder, ['run', '--blue', server.url, '--gold', 'gold.jsonl', '--no-scores']);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    server.received.length = 0;
    await writeGold(folder, 4, (id) =>
      id === 'Q_002' ? { question: 'What is topic 2 about, exactly?' } : {},
    );
    expect((await resume(folder, server)).code).toBe(0);
    expect(await runFolders(path.join(folder, 'reports'))).toEqual([run]);
    // Two seeds of the one new phrasing, eight calls of the new question.
    expect(server.received).toHaveLength(10);
    expect((await json(path.join(run, 'run.json')))['summary']['calls']).toMatchObject({
      planned: 32,
      ok: 32,
    });
  }));

test('paraphrases in another order are recognised by their words, and stand at their new place', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 2);
    await flipgate(folder, ['run', '--blue', server.url, '--gold', 'gold.jsonl', '--no-scores']);
    server.received.length = 0;
    await writeGold(folder, 2, (id) => ({
      paraphrases: ['Is there anything on', 'Tell me about', '']
        .slice(0, 2)
        .map((opening, index) => `${opening} topic ${Number(id.slice(2))}${index === 0 ? '?' : '.'}`)
        .concat(`topic ${Number(id.slice(2))}: what is known?`),
    }));
    expect((await resume(folder, server)).code).toBe(0);
    expect(server.received).toHaveLength(0);
    const calls = await jsonLines(
      path.join((await runFolders(path.join(folder, 'reports')))[0]!, 'calls.jsonl'),
    );
    expect(calls.filter((call) => call['phrasing'] === 1)).toHaveLength(4);
  }));

test('refuses an arm that became another artifact, told by the first missing cell, and keeps its answer out', () =>
  inFolder(async (folder) => {
    const server = await arm(5);
    await writeGold(folder, 3);
    const run = await killed(folder, server, 9);
    const before = await readFile(path.join(run, 'calls.jsonl'), 'utf8');
    server.versions['INDEX_HASH'] = 'another';
    server.received.length = 0;
    const result = await resume(folder, server);
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('arm "blue" reports artifact');
    expect(server.received).toHaveLength(1);
    const after = await readFile(path.join(run, 'calls.jsonl'), 'utf8');
    expect(before.startsWith(after)).toBe(true);
  }));

test('a session that was killed between two plans is not resumed as one of the first arm', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(20), await arm(20)];
    await writeGold(folder, 4);
    const both = ['--blue', blue.url, '--green', green.url, '--concurrency', '2'];
    const process = start(folder, ['run', ...both, '--gold', 'gold.jsonl']);
    await until(() => blue.received.length >= 2);
    process.child.kill('SIGKILL');
    await process.finished;
    // What such a kill leaves: one plan of two.
    const planned = (await runFolders(path.join(folder, 'reports'))).find((run) => run.includes('-green-'))!;
    await rm(planned, { recursive: true });
    const refused = await flipgate(folder, ['run', '--resume', '--gate', 'acceptance', ...both]);
    expect([refused.code, refused.stderr]).toEqual([
      4,
      expect.stringMatching(
        /^error: session \S+ ended before arm "green" was planned\nhint: .*start a new run/u,
      ),
    ]);
    expect((await flipgate(folder, ['run', '--resume', '--arm', 'blue', ...both])).code).toBe(0);
  }));

test('refuses a second process on the same run and names the first', () =>
  inFolder(async (folder) => {
    const server = await arm();
    const respond = server.respond;
    const held: (() => void)[] = [];
    server.respond = (request, response) => void held.push(() => respond(request, response));
    await writeGold(folder, 3);
    const first = start(folder, [
      'run',
      '--blue',
      server.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '1',
      '--no-scores',
    ]);
    await until(() => held.length === 1);
    const second = await resume(folder, server);
    expect([second.code, second.stderr]).toEqual([
      4,
      expect.stringContaining(`the run is in use by process ${first.child.pid}`),
    ]);
    server.respond = respond;
    held[0]?.();
    expect((await first.finished).code).toBe(0);
  }));

test('a resume with nothing to ask asks nothing and leaves the record as it is', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 2);
    await flipgate(folder, ['run', '--blue', server.url, '--gold', 'gold.jsonl']);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    const before = await readFile(path.join(run, 'run.json'), 'utf8');
    server.received.length = 0;
    expect((await resume(folder, server)).code).toBe(0);
    expect(server.received).toHaveLength(0);
    expect(await readFile(path.join(run, 'run.json'), 'utf8')).toBe(before);
  }));

test('scores of shuffled calls are the same bytes, and scoring again renews no time', () =>
  inFolder(async (folder) => {
    const server = await arm();
    await writeGold(folder, 3);
    await flipgate(folder, ['run', '--blue', server.url, '--gold', 'gold.jsonl']);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    const [scores, record] = [
      await readFile(path.join(run, 'scores.jsonl'), 'utf8'),
      await json(path.join(run, 'run.json')),
    ];
    const lines = (await readFile(path.join(run, 'calls.jsonl'), 'utf8')).trimEnd().split('\n');
    await writeFile(path.join(run, 'calls.jsonl'), `${[...lines].reverse().join('\n')}\n`);
    expect((await flipgate(folder, ['runs', 'score', 'blue'])).code).toBe(0);
    expect(await readFile(path.join(run, 'scores.jsonl'), 'utf8')).toBe(scores);
    const again = await json(path.join(run, 'run.json'));
    expect(JSON.stringify(again['summary'])).toBe(JSON.stringify(record['summary']));
    expect(again['finished_at']).toBe(record['finished_at']);
  }));

test('Ctrl-C finishes what is under way, keeps it, ends with 130 and says how to go on', () =>
  inFolder(async (folder) => {
    const server = await arm(100);
    await writeGold(folder, 3);
    const process = start(folder, [
      'run',
      '--blue',
      server.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '2',
      '--no-scores',
    ]);
    await until(() => server.received.length >= 3);
    process.child.kill('SIGINT');
    const result = await process.finished;
    expect(result.code).toBe(130);
    expect(result.stdout + result.stderr).toContain('--resume');
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    expect((await json(path.join(run, 'run.json')))['status']).toBe('interrupted');
    expect(await jsonLines(path.join(run, 'calls.jsonl'))).toHaveLength(server.received.length);
    expect((await resume(folder, server)).code).toBe(0);
    expect((await json(path.join(run, 'run.json')))['status']).toBe('complete');
  }));

test('Ctrl-C twice ends at once and loses no answer that was had', () =>
  inFolder(async (folder) => {
    const server = await arm();
    let held = 0;
    const respond = server.respond;
    server.respond = (request, response) => {
      if (server.received.indexOf(request) < 4) respond(request, response);
      else held += 1;
    };
    await writeGold(folder, 3);
    const process = start(folder, [
      'run',
      '--blue',
      server.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '2',
      '--no-scores',
    ]);
    let said = '';
    process.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    await until(() => held === 2);
    process.child.kill('SIGINT');
    await until(() => said.includes('stopping'));
    process.child.kill('SIGINT');
    expect((await process.finished).code).toBe(130);
    const run = (await runFolders(path.join(folder, 'reports')))[0]!;
    expect(await jsonLines(path.join(run, 'calls.jsonl'))).toHaveLength(4);
  }));
