import { appendFile, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { json, jsonLines, runFolders, writeGold } from '../support/cli.ts';
import { gateStore } from '../support/gate-store.ts';

const store = gateStore();

test('a healthy Green passes; the verdict is stored with its arithmetic, its subject and its expiry', async () => {
  const result = await store.judge();
  expect([result.code, result.stderr]).toEqual([0, '']);
  const verdict = JSON.parse(result.stdout) as Record<string, any>;
  expect(verdict).toEqual(await store.stored());
  expect(verdict).toMatchObject({
    schema: 'flipgate.verdict/1',
    gate: 'acceptance',
    verdict: 'pass',
    arm: 'green',
    baseline: 'blue',
  });
  const record = await json(path.join(await store.runOf('green'), 'run.json'));
  const blue = await json(path.join(await store.runOf('blue'), 'run.json'));
  expect(verdict).toMatchObject({
    artifact: record['artifact'].sha256,
    gold: record['gold'].sha256,
    embedder: record['embedder'].id,
  });
  expect(verdict['evidence_at']).toBe(
    record['finished_at'] < blue['finished_at'] ? record['finished_at'] : blue['finished_at'],
  );
  expect(Date.parse(verdict['expires_at']) - Date.parse(verdict['evidence_at'])).toBe(3_600_000);
  const coverage = verdict['rules'].find(({ rule }: { rule: string }) => rule === 'coverage');
  expect(coverage).toMatchObject({
    verdict: 'pass',
    value: 1,
    limit: 0.7,
    direction: 'at_least',
    n: 24,
    n_calls: 192,
    skipped: 0,
    errored: 0,
  });
  expect(await jsonLines(path.join(store.folder, 'reports/verdicts/history.jsonl'))).toEqual([verdict]);
});

test('the same records give the same verdict but for the time it was made', async () => {
  const [first, second] = [
    JSON.parse((await store.judge()).stdout),
    JSON.parse((await store.judge()).stdout),
  ] as Record<string, any>[];
  const undated = { evaluated_at: '', integrity: {}, sequence: 0, previous: '' };
  expect({ ...second, ...undated }).toEqual({ ...first, ...undated });
});

describe('no pass and exit 4, and no older pass stays, when', () => {
  const cases: [what: string, breakIt: () => Promise<unknown>, told: { reason: RegExp; flags?: string[] }][] =
    [
      [
        'the record is cut',
        async () =>
          writeFile(path.join(await store.runOf('green'), 'run.json'), '{"schema": "flipgate.run/1", "id'),
        { reason: /no record/ },
      ],
      [
        'the record is missing',
        async () => rm(path.join(await store.runOf('green'), 'run.json')),
        { reason: /has not ended/ },
      ],
      [
        'the record is of a newer version',
        () => store.editRecord('green', (record) => (record['schema'] = 'flipgate.run/2')),
        { reason: /newer|no record/ },
      ],
      [
        'the record is another product’s JSON',
        async () => writeFile(path.join(await store.runOf('green'), 'run.json'), '{"results": []}'),
        { reason: /no record/ },
      ],
      [
        'the calls were edited',
        async () => appendFile(path.join(await store.runOf('green'), 'calls.jsonl'), '{}\n'),
        { reason: /calls\.jsonl" is not what/ },
      ],
      [
        'the scores were edited',
        async () => appendFile(path.join(await store.runOf('green'), 'scores.jsonl'), '\n'),
        { reason: /scores\.jsonl" is not what/ },
      ],
      [
        'the snippets are missing',
        async () => rm(path.join(await store.runOf('green'), 'snippets.jsonl')),
        { reason: /snippets\.jsonl" is missing/ },
      ],
      [
        'the summary was edited',
        () => store.editRecord('green', (record) => (record['summary'].error_rate = 0.5)),
        { reason: /error rate/ },
      ],
      [
        'the run was interrupted',
        () => store.editRecord('green', (record) => (record['status'] = 'interrupted')),
        { reason: /interrupted, not complete/ },
      ],
      [
        'the arm was gone',
        () => store.editRecord('green', (record) => (record['status'] = 'aborted')),
        { reason: /aborted, not complete/ },
      ],
      [
        'the baseline was interrupted',
        () => store.editRecord('blue', (record) => (record['status'] = 'interrupted')),
        { reason: /interrupted, not complete/ },
      ],
      [
        'a newer run of the arm has begun',
        () => mkdir(path.join(store.folder, 'reports/20991122T213000Z-green-000000')),
        { reason: /has not ended/ },
      ],
      [
        'the run is stale',
        () => store.editRecord('green', (record) => (record['finished_at'] = '2020-01-01T00:00:00.000Z')),
        { reason: /s ago, more than/ },
      ],
      [
        'the baseline is stale',
        () => store.editRecord('blue', (record) => (record['finished_at'] = '2020-01-01T00:00:00.000Z')),
        { reason: /s ago, more than/ },
      ],
      [
        'the run is from the future',
        () => store.editRecord('green', (record) => (record['finished_at'] = '2099-01-01T00:00:00.000Z')),
        { reason: /finished at 2099.*last answer came at/ },
      ],
      [
        'the run has no time',
        () => store.editRecord('green', (record) => (record['finished_at'] = 'yesterday')),
        { reason: /finished_at/ },
      ],
      [
        'it is about another artifact',
        () => Promise.resolve(),
        { reason: /is about artifact/, flags: ['--artifact', '0'.repeat(64)] },
      ],
      [
        'a consumer wants fresher evidence',
        () => Promise.resolve(),
        { reason: /more than 0\.001 s/, flags: ['--max-age', '0.001'] },
      ],
      [
        'the arms asked different gold sets',
        () => store.editRecord('blue', (record) => (record['gold'].sha256 = 'f'.repeat(64))),
        { reason: /different gold sets/ },
      ],
      [
        'the embedders differ',
        () => store.editRecord('blue', (record) => (record['embedder'].id = 'other@sha256:0')),
        { reason: /different embedders/ },
      ],
      [
        'the views differ',
        () => store.editRecord('blue', (record) => (record['view'] = 'pooled')),
        { reason: /different views/ },
      ],
      [
        'both arms are one artifact',
        () =>
          store
            .editRecord('blue', (record) => (record['artifact'].sha256 = 'a'.repeat(64)))
            .then(() => store.editRecord('green', (record) => (record['artifact'].sha256 = 'a'.repeat(64)))),
        { reason: /same artifact/ },
      ],
      [
        'there is no such run',
        () => Promise.resolve(),
        {
          reason: /no run "20200101T000000Z-green-000000"/,
          flags: ['--candidate', '20200101T000000Z-green-000000'],
        },
      ],
      [
        'a drill is damaged',
        () => writeFile(path.join(store.folder, 'reports/drills/edge.json'), '{'),
        { reason: /no drill/ },
      ],
    ];
  test.each(cases)('%s', async (_what, breakIt, { reason, flags = [] }) => {
    expect((await store.judge()).code).toBe(0);
    await breakIt();
    const result = await store.judge(...flags);
    expect([result.code, result.stderr]).toEqual([4, '']);
    expect(JSON.parse(result.stdout)).toMatchObject({
      verdict: 'error',
      reason: expect.stringMatching(reason),
    });
    expect(await store.stored()).toMatchObject({ verdict: 'error', reason: expect.stringMatching(reason) });
  });
});

test('the gold set that is configured now must be the one that was asked', async () => {
  await writeGold(store.folder, 25);
  const result = await store.judge();
  expect(result.code).toBe(4);
  expect((await store.stored())['reason']).toMatch(/asked the gold set [0-9a-f]{12}, configured is/);
});

test('Blue evaluated twice is no evidence', async () => {
  const [blue, green] = [await store.runOf('blue'), await store.runOf('green')];
  for (const name of ['calls.jsonl', 'scores.jsonl', 'snippets.jsonl'])
    await cp(path.join(blue, name), path.join(green, name));
  const { files, summary, finished_at } = await json(path.join(blue, 'run.json'));
  await store.editRecord('green', (record) => Object.assign(record, { files, summary, finished_at }));
  expect((await store.judge()).code).toBe(4);
  expect((await store.stored())['reason']).toMatch(/very same calls/);
});

test('a folder of the run under another store is judged by its path', async () => {
  await rename(path.join(store.folder, 'reports'), path.join(store.folder, 'kept'));
  const [blue, green] = ['blue', 'green'].map((name) =>
    runFolders(path.join(store.folder, 'kept')).then((runs) => runs.find((run) => run.includes(name)) ?? ''),
  );
  const result = await store.judge('--candidate', await green!, '--baseline', await blue!);
  expect([result.code, JSON.parse(result.stdout).verdict]).toEqual([3, 'inconclusive']);
});

test('without a baseline, rules that compare are inconclusive', async () => {
  await rm(await store.runOf('blue'), { recursive: true });
  expect((await store.judge()).code).toBe(3);
  expect(
    (await store.stored())['rules']
      .filter(({ verdict }: { verdict: string }) => verdict === 'inconclusive')
      .map(({ rule }: { rule: string }) => rule),
  ).toEqual(['lambda_flip_increase', 'latency_p95', 'answer_distance_increase', 'distinct_arms']);
});

test('an older run can be judged, but its verdict does not become the arm’s', async () => {
  const older = path.basename(await store.runOf('green'));
  await store.judge();
  await mkdir(path.join(store.folder, 'reports/20991122T213000Z-green-000000'));
  expect((await store.judge()).code).toBe(4);
  const judged = await store.judge('--candidate', older);
  expect([judged.code, JSON.parse(judged.stdout).verdict]).toEqual([0, 'pass']);
  expect((await store.stored())['verdict']).toBe('error');
  const history = await jsonLines(path.join(store.folder, 'reports/verdicts/history.jsonl'));
  expect(history.map(({ verdict }) => verdict)).toEqual(['pass', 'error', 'pass']);
});

test('--recompute scores again, and takes no edited calls', async () => {
  await appendFile(path.join(await store.runOf('green'), 'scores.jsonl'), 'garbage\n');
  expect((await store.judge('--recompute')).code).toBe(0);
  await appendFile(path.join(await store.runOf('green'), 'calls.jsonl'), 'garbage\n');
  expect((await store.judge('--recompute')).code).toBe(4);
});
