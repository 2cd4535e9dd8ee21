import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { healthy, send, startArm, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, json, jsonLines, runFolders, writeGold } from '../support/cli.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(delay = 0): Promise<ArmServer> {
  const server = await startArm(delay);
  servers.push(server);
  return server;
}

test('asks both arms everything, interleaved, and leaves two complete records of one session', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(), await arm()];
    green.versions['PROMPT_VER'] = 'p2';
    await writeGold(folder, 3);
    const result = await flipgate(folder, [
      'run',
      '--blue',
      blue.url,
      '--green',
      green.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '2',
      '--json',
    ]);
    expect(result.stderr).not.toContain('bug');
    expect(result.code).toBe(0);
    const { runs } = JSON.parse(result.stdout) as { runs: Record<string, any>[] };
    expect(runs.map((run) => [run['arm'], run['role'], run['status']])).toEqual([
      ['blue', 'baseline', 'complete'],
      ['green', 'candidate', 'complete'],
    ]);
    expect(runs[0]!['session']).toBe(runs[1]!['session']);
    expect([blue.received.length, green.received.length]).toEqual([24, 24]);
    const order = (server: ArmServer): string[] =>
      server.received.map(({ question, seed }) => `${question}${seed}`);
    expect(new Set(order(blue)).size).toBe(24);
    expect(order(blue)).not.toEqual([...order(blue)].sort());
    for (const store of await runFolders(path.join(folder, 'reports'))) {
      expect((await readdir(store)).sort()).toEqual([
        'calls.jsonl',
        'plan.json',
        'report.html',
        'run.json',
        'scores.jsonl',
        'snippets.jsonl',
      ]);
      const record = await json(path.join(store, 'run.json'));
      expect(record['summary']['calls']).toMatchObject({
        planned: 24,
        ok: 24,
        network: 0,
        timeout: 0,
        status: 0,
        shape: 0,
      });
      expect(record['summary']['coverage']['mean']).toBe(1);
      expect(record['summary']['lambda']['states']).toEqual({
        convergent: 24,
        split: 0,
        collapsed: 0,
        backward: 0,
      });
      expect(record['artifact']['complete']).toBe(true);
      expect(await jsonLines(path.join(store, 'snippets.jsonl'))).toHaveLength(3);
    }
  }));

test('sends an idempotency key and a trace of its own with each call', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 2);
    await flipgate(folder, ['run', '--blue', blue.url, '--gold', 'gold.jsonl', '--no-scores', '--quiet']);
    const header = (name: string): unknown[] => blue.received.map(({ headers }) => headers[name]);
    expect(new Set(header('idempotency-key')).size).toBe(16);
    expect(new Set(header('traceparent')).size).toBe(16);
    for (const trace of header('traceparent')) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/u);
    expect(header('user-agent')[0]).toBe('flipgate/0.1.0');
  }));

test('counts faults and goes on; a fault has no ΔS, no coverage and no latency', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    blue.respond = (request, response) => {
      if (request.question.startsWith('Is there')) send(response, 503, {});
      else send(response, 200, healthy(blue, request));
    };
    await writeGold(folder, 2);
    const result = await flipgate(folder, ['run', '--blue', blue.url, '--gold', 'gold.jsonl', '--json']);
    expect(result.code).toBe(0);
    const { summary } = (JSON.parse(result.stdout) as { runs: Record<string, any>[] }).runs[0]!;
    expect(summary).toMatchObject({ error_rate: 0.25, server_error_rate: 0.25 });
    expect(summary['calls']).toMatchObject({ ok: 12, status: 4, server_errors: 4 });
    expect([
      summary['coverage']['n'],
      summary['latency']['total']['n'],
      summary['lambda']['states']['backward'],
    ]).toEqual([12, 12, 4]);
    expect(summary['semantic_distance']['question_retrieved']['by_phrasing'][3]).toBeNull();
  }));

test('aborts an arm after 20 faults in a row, finishes the other, and ends with 4', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(), await arm()];
    green.respond = (_, response) => response.destroy();
    await writeGold(folder, 8);
    const result = await flipgate(folder, [
      'run',
      '--blue',
      blue.url,
      '--green',
      green.url,
      '--gold',
      'gold.jsonl',
      '--concurrency',
      '2',
      '--no-scores',
      '--json',
    ]);
    expect(result.code).toBe(4);
    const { runs } = JSON.parse(result.stdout) as { runs: Record<string, any>[] };
    expect(runs.map((run) => run['status'])).toEqual(['complete', 'aborted']);
    expect(runs[1]!['summary']['calls']['network']).toBeLessThan(24);
    expect(blue.received).toHaveLength(64);
  }));

test('paces on 429 up to three times a call, then it is a fault', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const counts = new Map<string, number>();
    blue.respond = (request, response) => {
      const key = String(request.headers['idempotency-key']);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (request.seed === 1 && (counts.get(key) ?? 0) <= (request.question.startsWith('What') ? 1 : 0)) {
        response.setHeader('retry-after', '0');
        send(response, 429, {});
      } else if (request.seed === 2 && request.question.startsWith('What')) {
        response.setHeader('retry-after', '0');
        send(response, 429, {});
      } else send(response, 200, healthy(blue, request));
    };
    await writeGold(folder, 1);
    const result = await flipgate(folder, [
      'run',
      '--blue',
      blue.url,
      '--gold',
      'gold.jsonl',
      '--no-scores',
      '--json',
    ]);
    const { summary } = (JSON.parse(result.stdout) as { runs: Record<string, any>[] }).runs[0]!;
    expect(summary['calls']).toMatchObject({ ok: 7, status: 1, paced: 4 });
    expect(Math.max(...counts.values())).toBe(4);
  }));

test('with retries, a call that needed one is asked again under its key, counts as faulted and has no latency', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const asked = new Set<string>();
    blue.respond = (request, response) => {
      const key = String(request.headers['idempotency-key']);
      const isFirst = !asked.has(key);
      asked.add(key);
      if (request.seed === 1 && isFirst) send(response, 503, {});
      else send(response, 200, healthy(blue, request));
    };
    await writeGold(folder, 1);
    const configuration = { gold: 'gold.jsonl', arms: { blue: { kind: 'http', url: blue.url, retries: 1 } } };
    await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify(configuration));
    const result = await flipgate(folder, ['run', '--no-scores', '--json']);
    expect(result.code).toBe(0);
    const { summary } = (JSON.parse(result.stdout) as { runs: Record<string, any>[] }).runs[0]!;
    expect(summary).toMatchObject({
      calls: { planned: 8, ok: 8, retried: 4 },
      error_rate: 0.5,
      latency: { total: { n: 4 } },
    });
    expect(blue.received).toHaveLength(12);
  }));

test('a call that takes too long is a timeout', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    blue.respond = (request, response) => {
      if (request.seed === 1) send(response, 200, healthy(blue, request));
    };
    await writeGold(folder, 1);
    const result = await flipgate(folder, [
      'run',
      '--blue',
      blue.url,
      '--gold',
      'gold.jsonl',
      '--timeout',
      '0.3',
      '--no-scores',
      '--json',
    ]);
    expect(
      (JSON.parse(result.stdout) as { runs: Record<string, any>[] }).runs[0]!['summary']['calls'],
    ).toMatchObject({
      ok: 4,
      timeout: 4,
    });
  }));

test('with a rate, latency counts from the scheduled start', () =>
  inFolder(async (folder) => {
    const blue = await arm(100);
    await writeGold(folder, 1);
    const args = [
      'run',
      '--blue',
      blue.url,
      '--gold',
      'gold.jsonl',
      '--rate',
      '1000',
      '--concurrency',
      '1',
      '--no-scores',
      '--json',
    ];
    const { latency } = (JSON.parse((await flipgate(folder, args)).stdout) as { runs: Record<string, any>[] })
      .runs[0]!['summary'];
    // Eight calls of 100 ms, one at a time, all due at once: the last has waited for seven others.
    expect(latency['total']['p99']).toBeGreaterThan(0.7);
  }));

test('warm-up questions are asked and not measured; a dry run asks nothing', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 3);
    const base = ['run', '--blue', blue.url, '--gold', 'gold.jsonl', '--no-scores', '--json'];
    expect((await flipgate(folder, [...base, '--dry-run'])).code).toBe(0);
    expect(blue.received).toHaveLength(0);
    const result = await flipgate(folder, [...base, '--warmup', '2']);
    expect(blue.received).toHaveLength(26);
    expect(
      (JSON.parse(result.stdout) as { runs: Record<string, any>[] }).runs[0]!['summary']['calls']['ok'],
    ).toBe(24);
    expect(new Set(blue.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(26);
  }));

test('refuses a plan with more calls than allowed before it asks', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 3);
    const result = await flipgate(folder, [
      'run',
      '--blue',
      blue.url,
      '--gold',
      'gold.jsonl',
      '--max-calls',
      '23',
    ]);
    expect([result.code, blue.received.length]).toEqual([2, 0]);
    expect(result.stderr).toContain('the plan has 24 calls, more than the 23 allowed');
  }));

test('writes no secret anywhere, not even where the arm echoes it', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const token = 'tok-7f3a9c55e1';
    blue.respond = (request, response) => {
      const echo = `${String(request.headers.authorization)} ${Buffer.from(token).toString('base64')} ${encodeURIComponent(token)}`;
      send(response, 200, { ...healthy(blue, request), answer: echo });
    };
    await writeGold(folder, 1);
    const config = {
      gold: 'gold.jsonl',
      arms: {
        blue: {
          kind: 'http',
          url: `${blue.url}?key=query-secret-1`,
          headers: { authorization: 'Bearer ${TOKEN}' },
        },
      },
    };
    await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
    const result = await flipgate(folder, ['run'], { TOKEN: token });
    expect(result.code).toBe(0);
    const files = await runFolders(path.join(folder, 'reports'));
    const names = (await readdir(files[0]!)).map((name) => path.join(files[0]!, name));
    const all = [
      result.stdout,
      result.stderr,
      ...(await Promise.all(names.map((name) => readFile(name, 'utf8')))),
    ].join('\n');
    for (const form of [token, Buffer.from(token).toString('base64').slice(0, 12), 'query-secret-1'])
      expect(all).not.toContain(form);
    expect(all).toContain('[redacted]');
  }));
