import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { healthy, send, startArm, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, json, jsonLines, runFolders, writeGold } from '../support/cli.ts';

type Json = Record<string, any>;

const isSha256 = expect.stringMatching(/^[0-9a-f]{64}$/u) as unknown;
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u) as unknown;
const keys = (value: object): readonly string[] => Object.keys(value).sort();
const words = (text: string): readonly string[] => text.split(' ').sort();
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

let [root, run, printed]: string[] = [];
let blue: ArmServer;
const linesOf = (name: string): Promise<readonly Json[]> => jsonLines(path.join(run!, `${name}.jsonl`));
const record = (): Promise<Json> => json(path.join(run!, 'run.json'));

/** A run of 24 calls, the first three of which fault, each in its way. */
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'flipgate-'));
  blue = await startArm();
  blue.respond = (request, response) => {
    if (blue.received.length === 1) send(response, 503, {});
    else if (blue.received.length === 2) response.destroy();
    else if (blue.received.length === 3) response.end('no JSON');
    else send(response, 200, healthy(blue, request));
  };
  await writeGold(root, 3);
  const result = await flipgate(root, [
    'run',
    '--blue',
    blue.url,
    '--gold',
    'gold.jsonl',
    '--concurrency',
    '1',
    '--json',
  ]);
  expect(result.code).toBe(0);
  run = (await runFolders(path.join(root, 'reports')))[0]!;
  printed = result.stdout;
});

afterAll(async () => {
  await blue.close();
  await rm(root!, { recursive: true, force: true });
});

test('what --json prints is the record', async () => {
  expect((JSON.parse(printed!) as { runs: unknown[] }).runs).toEqual([await record()]);
});

test('the record has the header that is promised, and no other keys', async () => {
  const found = await record();
  expect(keys(found)).toEqual(
    words(
      'schema id session arm role status started_at finished_at provenance gold plan embedder view scoring subject artifact findings files summary integrity',
    ),
  );
  expect(found).toMatchObject({
    schema: 'flipgate.run/1',
    id: path.basename(run!),
    arm: 'blue',
    role: 'single',
    status: 'complete',
    view: 'best',
    session: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/u) as unknown,
    started_at: isTime,
    finished_at: isTime,
    plan: { questions: 3, phrasings: 4, seeds: [1, 2], cells: 24, order_seed: 1 },
    embedder: {
      id: expect.stringMatching(/^all-MiniLM-L6-v2@sha256:[0-9a-f]{64}$/u) as unknown,
      dimensions: 384,
      pooling: 'mean',
      window: 256,
    },
  });
  expect(found['started_at'] <= found['finished_at']).toBe(true);
  expect(found['gold']).toEqual({ sha256: isSha256, path: 'gold.jsonl', questions: 3 });
  expect(found['artifact']).toEqual({ sha256: isSha256, complete: true, ...blue.versions });
});

test('the record says what made it', async () => {
  const { provenance } = await record();
  expect(provenance).toMatchObject({
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    config_sha256: isSha256,
  });
  expect((provenance as Json)['arguments'].slice(0, 2)).toEqual(['run', '--blue']);
});

test('the record has the hash of each file', async () => {
  const { files } = await record();
  expect(keys(files as object)).toEqual(['calls.jsonl', 'scores.jsonl', 'snippets.jsonl']);
  for (const [name, hash] of Object.entries(files as Json))
    expect(hash).toBe(sha256(await readFile(path.join(run!, name))));
});

test('the summary has the numbers that are promised, all finite', async () => {
  const summary = (await record())['summary'] as Json;
  checkNumbers(summary);
  expect(keys(summary)).toEqual(
    words(
      'calls questions error_rate server_error_rate semantic_distance coverage lambda latency tool_loops side_effects dedupe_hits usage retrieval',
    ),
  );
  const none = { timeout: 0, retried: 0, paced: 0 };
  expect(summary['calls']).toEqual({
    planned: 24,
    ok: 21,
    network: 1,
    status: 1,
    shape: 1,
    server_errors: 1,
    ...none,
  });
  expect([summary['error_rate'], summary['server_error_rate'], summary['side_effects']]).toEqual([
    3 / 24,
    1 / 24,
    21,
  ]);
  expect(summary['usage']).toEqual({ input_tokens: 210, output_tokens: 105 });
  expect(keys(summary['coverage'] as object)).toEqual(words('aligned exact mean mixed n p05 pass_share'));
  expect(keys(summary['lambda'] as object)).toEqual(words('convergence flip states'));
  expect(
    Object.values(summary['lambda'].states as Record<string, number>).reduce((sum, n) => sum + n, 0),
  ).toBe(24);
  for (const stage of words('total retrieve rerank reason'))
    expect(keys(summary['latency'][stage] as object)).toEqual(words('mean n p50 p95 p99'));
  expect(summary['latency'].total.n).toBe(21);
});

test('by_phrasing starts with the question itself, which the worst phrasing leaves out', async () => {
  const { semantic_distance: distance } = (await record())['summary'] as Json;
  expect(keys(distance as object)).toEqual(
    words('answer_anchor question_anchor question_retrieved retrieved_anchor'),
  );
  const { by_phrasing: byPhrasing, worst_phrasing: worst, ...rest } = distance.question_retrieved as Json;
  expect([byPhrasing.length, worst]).toEqual([4, Math.max(...(byPhrasing as number[]).slice(1))]);
  expect(keys(rest)).toEqual(words('mean median n p95'));
});

/** Every number in it is finite, and null stands nowhere but where a phrasing has no value. */
function checkNumbers(value: unknown, place = ''): void {
  if (typeof value === 'number') expect([place, Number.isFinite(value)]).toEqual([place, true]);
  if (value === null) expect(place).toMatch(/by_phrasing/u);
  if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) checkNumbers(member, `${place}.${key}`);
}

const always = words('question phrasing seed key outcome at artifact_sha256 trace_id retried');
const answered = words(
  'status latency answer refused retrieved citations tool_calls side_effects dedupe_hits usage versions',
);

test('a line of calls.jsonl has the keys that are promised, and a fault says what it was', async () => {
  const calls = await linesOf('calls');
  expect(calls).toHaveLength(24);
  for (const { message, status, ...call } of calls) {
    const ok = call['outcome'] === 'ok';
    const known = ok ? [...always, ...answered.filter((key) => key !== 'status')] : always;
    expect(keys(call)).toEqual([...known].sort());
    expect([typeof message, status]).toEqual(
      ok ? ['undefined', 200] : ['string', call['outcome'] === 'status' ? 503 : status],
    );
    expect(call).toMatchObject({
      key: isSha256,
      at: isTime,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/u) as unknown,
    });
  }
});

test('snippets.jsonl has every retrieved text once, by its hash', async () => {
  const snippets = await linesOf('snippets');
  for (const snippet of snippets)
    expect(snippet).toEqual({ sha256: sha256(String(snippet['text'])), text: snippet['text'] });
  const known = snippets.map((snippet) => snippet['sha256'] as string);
  const used = (await linesOf('calls')).flatMap((call) =>
    ((call['retrieved'] ?? []) as Json[]).map(({ text_sha256: hash }) => hash as string),
  );
  expect([...known].sort()).toEqual([...new Set(used)].sort());
});

test('scores.jsonl has a line a call, keyed alike; a fault has a state and no measurement', async () => {
  const [calls, scores] = [await linesOf('calls'), await linesOf('scores')];
  expect(scores.map(({ key }) => key as string).sort()).toEqual(calls.map(({ key }) => key as string).sort());
  const measured = words(
    'question phrasing seed key question_retrieved retrieved_anchor answer_anchor coverage coverage_mode anchored agreeing state flip',
  );
  for (const score of scores) {
    const ok = calls.find(({ key }) => key === score['key'])?.['outcome'] === 'ok';
    if (ok)
      expect([keys(score), keys(score['question_retrieved'] as object)]).toEqual([
        measured,
        ['best', 'pooled'],
      ]);
    else
      expect([score['state'], 'coverage' in score, 'question_retrieved' in score]).toEqual([
        'backward',
        false,
        false,
      ]);
  }
});

test('the summary is the same bytes for another order, another concurrency, and calls in any order of arrival', () =>
  inFolder(async (folder) => {
    blue.received.length = 0;
    blue.respond = (request, response) => {
      // Different answers for different cells, so that sums and ties have something to depend on.
      const answer = {
        ...healthy(blue, request),
        answer: `${request.question} ${request.seed % 2 === 0 ? 'perhaps' : 'surely'}`,
      };
      if (request.question.length % 7 === 0) send(response, 500, {});
      else send(response, 200, answer);
    };
    await writeGold(folder, 5);
    const summaries: string[] = [];
    for (const [orderSeed, concurrency] of [
      [1, 1],
      [99, 16],
    ]) {
      const config = {
        gold: 'gold.jsonl',
        store: `store-${orderSeed}`,
        plan: { orderSeed },
        arms: { blue: { kind: 'http', url: blue.url, concurrency } },
      };
      await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
      expect((await flipgate(folder, ['run', '--quiet'])).code).toBe(0);
      const own = (await runFolders(path.join(folder, `store-${orderSeed}`)))[0]!;
      const { latency: _, ...summary } = (await json(path.join(own, 'run.json')))['summary'] as Record<
        string,
        unknown
      >;
      summaries.push(`${JSON.stringify(summary)}\n${await readFile(path.join(own, 'scores.jsonl'), 'utf8')}`);
    }
    expect(summaries[1]).toBe(summaries[0]);
    expect(summaries[0]).toContain('"status":');
  }));
