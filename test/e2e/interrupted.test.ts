import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createRandom } from '../../src/plan/random.ts';
import { startArm, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, json, jsonLines, runFolders, start, until, writeGold } from '../support/cli.ts';
import { startEmbeddings, type EmbeddingServer } from '../support/embedding-server.ts';

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(): Promise<ArmServer> {
  const server = await startArm();
  servers.push(server);
  return server;
}

/** A folder's configuration with an embedding service instead of the model, and that service. */
async function withService(folder: string, blue: ArmServer): Promise<EmbeddingServer> {
  const service = await startEmbeddings();
  servers.push(service);
  const config = {
    gold: 'gold.jsonl',
    embedder: { url: service.url, model: 'tiny' },
    arms: { blue: { kind: 'http', url: blue.url, concurrency: 2 } },
  };
  await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
  return service;
}

const own = (folder: string): Readonly<Record<string, string>> => ({
  FLIPGATE_CACHE: path.join(folder, 'vectors'),
});
/** Texts of the gold set, not those by which a service is recognised. */
const isScoring = (texts: readonly string[]): boolean => texts.some((text) => text.includes('topic'));
const onlyRun = async (folder: string): Promise<string> =>
  (await runFolders(path.join(folder, 'reports')))[0]!;

async function withoutLatency(run: string): Promise<string> {
  const { latency: _, ...summary } = (await json(path.join(run, 'run.json')))['summary'] as Record<
    string,
    unknown
  >;
  return `${JSON.stringify(summary)}\n${await readFile(path.join(run, 'scores.jsonl'), 'utf8')}`;
}

test('killed at six moments, torn wherever it was, a run ends in the bytes of one that never stopped', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await withService(folder, blue);
    await writeGold(folder, 10);
    const random = createRandom(7);
    for (let round = 0; round < 6; round += 1) {
      const before = blue.received.length;
      const child = start(folder, ['run', '--quiet', ...(round === 0 ? [] : ['--resume'])], own(folder));
      const moment = before + 1 + Math.floor(random() * 12);
      await until(() => blue.received.length >= moment || child.child.exitCode !== null);
      child.child.kill('SIGKILL');
      await child.finished;
    }
    const last = await flipgate(folder, ['run', '--resume', '--json'], own(folder));
    expect(last.code).toBe(0);
    const run = await onlyRun(folder);
    const calls = await jsonLines(path.join(run, 'calls.jsonl'));
    expect([calls.length, new Set(calls.map(({ key }) => key)).size]).toEqual([80, 80]);
    // One cell, one key: whatever was under way at a kill was asked again with the same one.
    expect(new Set(blue.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(80);
    expect(blue.received.length).toBeLessThanOrEqual(80 + 6 * 2);
    expect(await readdir(run)).not.toContain('lock');
    expect(
      (await flipgate(folder, ['run', '--quiet', '--store', 'straight', '--concurrency', '9'], own(folder)))
        .code,
    ).toBe(0);
    expect(await withoutLatency(run)).toBe(
      await withoutLatency((await runFolders(path.join(folder, 'straight')))[0]!),
    );
  }));

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while it scores ends with 130, loses no answer, and a resume scores without asking',
  (signal) =>
    inFolder(async (folder) => {
      const blue = await arm();
      const service = await withService(folder, blue);
      await writeGold(folder, 2);
      service.holds = isScoring;
      const child = start(folder, ['run', '--json'], own(folder));
      await until(() => service.held() > 0);
      child.child.kill(signal);
      const result = await child.finished;
      expect([result.code, result.stderr]).toEqual([130, expect.not.stringContaining('bug')]);
      const run = await onlyRun(folder);
      expect(await readdir(run)).not.toContain('run.json');
      expect(await readdir(run)).not.toContain('scores.jsonl.tmp');
      service.holds = () => false;
      expect((await flipgate(folder, ['run', '--resume'], own(folder))).code).toBe(0);
      expect(blue.received).toHaveLength(16);
      expect((await json(path.join(run, 'run.json')))['status']).toBe('complete');
    }),
);

test('Ctrl-C while a record is scored again ends with 130 and leaves the record as it was', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const service = await withService(folder, blue);
    await writeGold(folder, 2);
    expect((await flipgate(folder, ['run', '--quiet'], own(folder))).code).toBe(0);
    const run = await onlyRun(folder);
    const before = await Promise.all(
      ['run.json', 'scores.jsonl'].map((name) => readFile(path.join(run, name), 'utf8')),
    );
    service.holds = isScoring;
    const child = start(folder, ['runs', 'score', 'blue'], {
      FLIPGATE_CACHE: path.join(folder, 'other-vectors'),
    });
    await until(() => service.held() > 0);
    child.child.kill('SIGINT');
    const result = await child.finished;
    expect([result.code, result.stderr]).toEqual([
      130,
      expect.stringContaining('interrupted: the record is as it was'),
    ]);
    expect(
      await Promise.all(['run.json', 'scores.jsonl'].map((name) => readFile(path.join(run, name), 'utf8'))),
    ).toEqual(before);
    expect((await readdir(run)).sort()).toEqual([
      'calls.jsonl',
      'plan.json',
      'report.html',
      'run.json',
      'scores.jsonl',
      'snippets.jsonl',
    ]);
  }));

test.each([
  ['before the first question', () => true],
  ['while it scores', isScoring],
] as const)('Ctrl-C ends a run with 130 at once where the embedding service hangs %s', (_, holds) =>
  inFolder(async (folder) => {
    const blue = await arm();
    const service = await withService(folder, blue);
    service.holds = holds;
    await writeGold(folder, 4);
    const { child, finished } = start(folder, ['run'], own(folder));
    await until(() => service.held() > 0);
    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect([code, stderr]).toEqual([130, expect.stringContaining('stopping')]);
  }),
);

test('SIGTERM while it asks is like Ctrl-C: what is under way is finished and kept', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 2);
    const respond = blue.respond;
    const held: (() => void)[] = [];
    blue.respond = (request, response) => void held.push(() => respond(request, response));
    const child = start(folder, [
      'run',
      '--blue',
      blue.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '2',
      '--no-scores',
    ]);
    let said = '';
    child.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    await until(() => held.length === 2);
    child.child.kill('SIGTERM');
    await until(() => said.includes('stopping'));
    for (const answer of held) answer();
    const result = await child.finished;
    expect([result.code, result.stdout]).toEqual([130, expect.stringContaining('flipgate run --resume')]);
    expect(blue.received).toHaveLength(2);
    const run = await onlyRun(folder);
    expect((await jsonLines(path.join(run, 'calls.jsonl'))).map(({ outcome }) => outcome)).toEqual([
      'ok',
      'ok',
    ]);
    expect((await json(path.join(run, 'run.json')))['status']).toBe('interrupted');
  }));

test('a service that cannot embed ends a run with 4 and loses no answer', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const service = await withService(folder, blue);
    await writeGold(folder, 1);
    const respond = blue.respond;
    blue.respond = (request, response) => {
      if (blue.received.length === 8) void service.close().then(() => respond(request, response));
      else respond(request, response);
    };
    const result = await flipgate(folder, ['run'], own(folder));
    expect([result.code, result.stderr]).toEqual([4, expect.stringContaining('embedding service')]);
    expect(await jsonLines(path.join(await onlyRun(folder), 'calls.jsonl'))).toHaveLength(8);
    servers.splice(servers.indexOf(service), 1);
  }));
