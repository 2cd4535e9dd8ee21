import { execFile } from 'node:child_process';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inFolder } from '../support/cli.ts';
import { kits, startGates, verdictAnswer, type GateAnswer, type GateServer } from '../support/consumers.ts';
import { decisions, startDecision, startStuckDecision, type Decision } from '../support/decisions.ts';
import { once } from '../support/servers/process.ts';
import { requireServer, requireServers } from '../support/servers/programs.ts';

const gates = once(startGates);
afterAll(() => gates.close());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of the kit. */
function gate(script: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const environment = { PATH: process.env['PATH'] ?? '', ...env };
    execFile(
      'sh',
      [path.join(kits, 'shell', script), ...args],
      { env: environment },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

/** Asks a server that gives one answer. */
async function answered(script: string, answer: GateAnswer, args: readonly string[] = []): Promise<Ended> {
  const server: GateServer = await gates();
  const name = `case-${(count += 1)}`;
  server.answers.set(name, answer);
  return gate(script, [server.base(name), ...args]);
}
let count = 0;

const vector = (result: unknown, more: object = {}): GateAnswer => ({
  status: 200,
  body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...more }),
});
const one = [{ metric: {}, value: [0, '1'] }];

describe('gate-prometheus.sh', () => {
  const codes: Readonly<Record<Decision, number>> = {
    pass: 0,
    inconclusive: 3,
    fail: 1,
    NaN: 4,
    half: 4,
    'no series': 4,
    'two series': 4,
    'two passes': 4,
  };

  test.for(['prometheus', 'prometheus-3'] as const)(
    'ends with the code of the decision in a real %s',
    async (name, context) => {
      const programs = await requireServers(context, name, 'jq', 'curl');
      const servers = await Promise.all(
        (Object.keys(decisions) as Decision[]).map(
          async (each) => [each, await startDecision(programs[name], each)] as const,
        ),
      );
      try {
        const ends = await Promise.all(
          servers.map(async ([each, { url }]) => [
            each,
            (await gate('gate-prometheus.sh', [url, 'acceptance'])).code,
          ]),
        );
        expect(Object.fromEntries(ends)).toEqual(codes);
      } finally {
        await Promise.all(servers.map(([, server]) => server.close()));
      }
    },
  );

  test('does not take a value that Prometheus only remembers', async (context) => {
    const { prometheus, promtool } = await requireServers(context, 'prometheus', 'promtool', 'jq', 'curl');
    const stuck = await startStuckDecision(prometheus, promtool);
    try {
      const remembered = await stuck.query('flipgate:gate_decision:acceptance');
      expect(remembered.map(({ value }) => value[1])).toEqual(['1']);
      expect((await gate('gate-prometheus.sh', [stuck.url])).code).toBe(4);
    } finally {
      await stuck.close();
    }
  });

  test.for<[string, GateAnswer]>([
    ['a status that is no success', { ...vector(one), status: 503 }],
    [
      'a query that failed',
      { status: 200, body: JSON.stringify({ status: 'error', data: { resultType: 'vector', result: one } }) },
    ],
    ['a partial answer', vector(one, { warnings: ['a store did not answer'] })],
    [
      'a scalar',
      {
        status: 200,
        body: JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [0, '1'] } }),
      },
    ],
    ['a value that is a number', vector([{ metric: {}, value: [0, 1] }])],
    ['a value with more to it', vector([{ metric: {}, value: [0, '1\n0'] }])],
    ['nothing', { status: 200, body: '' }],
    ['no JSON', { status: 200, body: '1' }],
    ['half an answer', { status: 200, body: vector(one).body.slice(0, -1) }],
    ['two answers', { status: 200, body: `${vector(one).body}${vector(one).body}` }],
    ['a page', { status: 200, body: '<html>1</html>' }],
    ['an elsewhere', { ...vector(one), status: 302 }],
  ])('ends with 4 on %s', async ([, answer], context) => {
    await requireServers(context, 'jq', 'curl');
    expect(await answered('gate-prometheus.sh', answer)).toMatchObject({ code: 4, stdout: '' });
  });

  test('ends with 4 where nobody answers, and sends its token where it has one', async (context) => {
    await requireServers(context, 'jq', 'curl');
    expect((await gate('gate-prometheus.sh', ['http://127.0.0.1:1'])).code).toBe(4);
    const server = await gates();
    server.answers.set('token', vector(one));
    await gate('gate-prometheus.sh', [server.base('token'), 'watch'], { PROMETHEUS_TOKEN: 'secret' });
    await gate('gate-prometheus.sh', [server.base('token')]);
    expect(server.requests('token').map(({ authorization }) => authorization)).toEqual([
      'Bearer secret',
      undefined,
    ]);
    expect(decodeURIComponent(server.requests('token')[0]!.url)).toContain('flipgate:gate_decision:watch');
  });
});

describe('gate-http.sh', () => {
  const asked = ['acceptance', 'green'];
  const artifact = 'ab12';

  test.for([
    ['pass', 0],
    ['fail', 1],
    ['inconclusive', 3],
    ['error', 4],
  ] as const)('ends on %s with %d', async ([verdict, code], context) => {
    await requireServers(context, 'jq', 'curl');
    expect(await answered('gate-http.sh', verdictAnswer(verdict), asked)).toMatchObject({
      code,
      stdout: `gate acceptance: ${verdict}: because\n`,
    });
  });

  test.for<[string, GateAnswer]>([
    ['a status that is no success', { ...verdictAnswer('pass'), status: 503 }],
    ['another word', verdictAnswer('PASS')],
    ['a word with more to it', verdictAnswer('pass\nfail')],
    ['no verdict', { status: 200, body: '{}' }],
    ['a verdict that is no text', { status: 200, body: '{"verdict":["pass"]}' }],
    ['a list', { status: 200, body: '[{"verdict":"pass"}]' }],
    ['plain text', { status: 200, body: 'pass' }],
    ['a text', { status: 200, body: '"pass"' }],
    ['nothing', { status: 200, body: '' }],
    ['no content', { status: 204, body: '' }],
    ['half an answer', { status: 200, body: '{"verdict":"pass"' }],
    ['two answers', { status: 200, body: '{"verdict":"pass"}{"verdict":"pass"}' }],
    ['an elsewhere', { status: 301, body: '{"verdict":"pass"}' }],
    ['another gate', { status: 200, body: '{"verdict":"pass","gate":"watch"}' }],
    ['another arm', { status: 200, body: '{"verdict":"pass","arm":"blue"}' }],
    ['another artifact', { status: 200, body: '{"verdict":"pass","artifact":"cd34"}' }],
  ])('ends with 4 on %s', async ([, answer], context) => {
    await requireServers(context, 'jq', 'curl');
    expect(await answered('gate-http.sh', answer, [...asked, artifact])).toMatchObject({
      code: 4,
      stdout: '',
    });
  });

  test('asks about the artifact and the age', async (context) => {
    await requireServers(context, 'jq', 'curl');
    const server = await gates();
    server.answers.set('asks', verdictAnswer('pass'));
    const { code } = await gate('gate-http.sh', [`${server.base('asks')}/`, ...asked, artifact], {
      MAX_AGE: '60',
    });
    expect([code, server.requests('asks')[0]?.url]).toEqual([
      0,
      '/v1/gates/acceptance?arm=green&artifact=ab12&max_age=60',
    ]);
  });

  test('a reason cannot forge a line', async (context) => {
    await requireServers(context, 'jq', 'curl');
    const body = JSON.stringify({ verdict: 'fail', reason: 'x\n::set-output name=verdict::pass\u001B[2J' });
    const { code, stdout } = await answered('gate-http.sh', { status: 200, body }, asked);
    expect([code, stdout.split('\n').length, stdout.includes('\u001B')]).toEqual([1, 2, false]);
  });
});

test.for([
  ['gate-prometheus.sh', []],
  ['gate-prometheus.sh', ['prometheus:9090']],
  ['gate-prometheus.sh', ['http://p', 'a b']],
  ['gate-prometheus.sh', ['http://p', '']],
  ['gate-http.sh', ['http://p', 'acceptance']],
  ['gate-http.sh', ['http://p', 'acceptance', 'green&arm=blue']],
  ['gate-http.sh', ['http://p', '../x', 'green']],
  ['gate-http.sh', ['http://p', 'acceptance', 'green', '']],
  ['gate-http.sh', ['http://p', 'acceptance', 'green', 'ab', 'cd']],
] as const)('%s refuses %j', async ([script, args]) => {
  expect((await gate(script, args)).code).toBe(2);
});

test('without curl, or with one that was cut off, the end is 4', async (context) => {
  const jq = await requireServer('jq', context);
  await inFolder(async (folder) => {
    await symlink(jq, path.join(folder, 'jq'));
    await symlink('/bin/sh', path.join(folder, 'sh'));
    expect(
      (await gate('gate-http.sh', ['http://127.0.0.1:1', 'acceptance', 'green'], { PATH: folder })).code,
    ).toBe(4);
    await writeFile(path.join(folder, 'curl'), '#!/bin/sh\necho \'{"verdict":"pass"}\'\nexit 18\n');
    await chmod(path.join(folder, 'curl'), 0o755);
    expect(
      (await gate('gate-http.sh', ['http://127.0.0.1:1', 'acceptance', 'green'], { PATH: folder })).code,
    ).toBe(4);
  });
});
