import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { flipgate, type Environment, type Finished } from '../support/cli.ts';
import {
  startOtlpReceiver,
  type OtlpAnswer,
  type OtlpReceiver,
  type OtlpRequest,
} from '../support/otlp-receiver.ts';
import { freePort } from '../support/servers/process.ts';
import { emptyStore, passedNow, runId, writeRun, writeVerdict } from '../support/store-files.ts';

const place = '/v1/metrics';

async function receiver(...answers: readonly OtlpAnswer[]): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver(...answers);
  onTestFinished(() => started.close());
  return started;
}

async function folderWithRun(): Promise<string> {
  const folder = await emptyStore();
  await writeRun(path.join(folder, 'reports'));
  await writeVerdict(path.join(folder, 'reports'), passedNow());
  return folder;
}

const push = (folder: string, url: string, env: Environment = {}): Promise<Finished> =>
  flipgate(folder, ['push', '--otlp', url], env);

interface Point {
  readonly attributes: readonly { key: string; value: { stringValue: string } }[];
  readonly asDouble: unknown;
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}
interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly sum?: {
    readonly dataPoints: readonly Point[];
    readonly isMonotonic: boolean;
    readonly aggregationTemporality: unknown;
  };
}
interface Resource {
  readonly resource: { readonly attributes: readonly { key: string; value: { stringValue: string } }[] };
  readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
}

const parsed = ({ text }: OtlpRequest): Resource => {
  const { resourceMetrics } = JSON.parse(text) as { resourceMetrics: readonly Resource[] };
  expect(resourceMetrics).toHaveLength(1);
  return resourceMetrics[0]!;
};

test('a push is one request in OTLP’s JSON: who sends it, finite numbers, one moment', async () => {
  const { url, requests } = await receiver({
    status: 200,
    body: '{"partialSuccess":{}}',
    headers: { 'content-type': 'application/json' },
  });
  const before = Date.now();
  expect((await push(await folderWithRun(), `${url}${place}`)).code).toBe(0);
  expect(
    requests.map(({ method, path: asked, headers }) => [method, asked, headers['content-type']]),
  ).toEqual([['POST', place, 'application/json']]);
  const { resource, scopeMetrics } = parsed(requests[0]!);
  const attributes = resource.attributes.map(({ key, value }) => [key, value.stringValue]);
  expect(attributes).toEqual([
    ['service.name', 'flipgate'],
    ['service.version', expect.stringMatching(/^\d/u)],
  ]);
  const metrics = scopeMetrics.flatMap((scope) => scope.metrics);
  expect(new Set(metrics.map(({ unit }) => unit))).toEqual(new Set(['', '1', 's']));
  for (const { name, gauge, sum } of metrics) {
    expect([name, sum !== undefined]).toEqual([name, name.endsWith('_total')]);
    if (sum !== undefined) expect(sum).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 });
    const points = (gauge ?? sum)?.dataPoints ?? [];
    expect([name, points.length > 0]).toEqual([name, true]);
    for (const { asDouble, startTimeUnixNano, timeUnixNano } of points) {
      expect([name, typeof asDouble, Number.isFinite(asDouble)]).toEqual([name, 'number', true]);
      expect(startTimeUnixNano).toBe('0');
      expect(Number(timeUnixNano) / 1e6).toBeGreaterThanOrEqual(before - 1);
    }
  }
  expect(
    new Set(
      metrics.flatMap(({ gauge, sum }) => (gauge ?? sum)?.dataPoints.map(({ timeUnixNano }) => timeUnixNano)),
    ).size,
  ).toBe(1);
});

test('the next push does not have what is measured no more: no NaN and no zero in its place', async () => {
  const { url, requests } = await receiver({ status: 200 });
  const folder = await folderWithRun();
  const store = path.join(folder, 'reports');
  await push(folder, `${url}${place}`);
  await writeRun(store, { at: 60, status: 'aborted' });
  await rm(path.join(store, 'verdicts/acceptance.green.json'));
  await rm(path.join(store, runId({ arm: 'blue' })), { recursive: true });
  await push(folder, `${url}${place}`);
  const [first, second] = requests.map((request) =>
    parsed(request).scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
  );
  const gone = first!.filter((name) => !second!.includes(name));
  expect(gone).toEqual(
    expect.arrayContaining([
      'flipgate_coverage_ratio',
      'flipgate_semantic_distance_ratio',
      'flipgate_gate_verdict',
    ]),
  );
  expect(second).toEqual(
    expect.arrayContaining(['flipgate_calls_total', 'flipgate_run_last_success_timestamp_seconds']),
  );
  expect(requests[1]!.text).not.toContain('coverage');
});

test('a receiver that fails twice is asked a third time, with a pause that doubles', async () => {
  const { url, requests } = await receiver({ status: 503 }, { status: 500 }, { status: 200 });
  expect(await push(await folderWithRun(), `${url}${place}`)).toMatchObject({ code: 0, stderr: '' });
  const [first = 0, second = 0, third = 0] = requests.map(({ at }) => at);
  expect(requests).toHaveLength(3);
  expect(second - first).toBeGreaterThan(400);
  expect(third - second).toBeGreaterThan(900);
});

test.for<[what: string, answer: OtlpAnswer, asked: number, says: string]>([
  [
    'that refuses it',
    { status: 400, body: 'unknown field "x"\u001b[31m' },
    1,
    'HTTP status 400: unknown field "x"·[31m',
  ],
  ['at another path', { status: 404 }, 1, 'HTTP status 404'],
  ['that wants to know who sends', { status: 401, body: 'who?' }, 1, 'HTTP status 401: who?'],
  [
    'that sends elsewhere',
    { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
    1,
    'HTTP status 302',
  ],
  ['that goes on to fail', { status: 503, body: 'full' }, 4, 'HTTP status 503: full'],
  ['that goes on to fail inside', { status: 500, body: 'oops' }, 4, 'HTTP status 500: oops'],
])('a receiver %s is an error with 4, what it said, and what to do', async ([, answer, asked, says]) => {
  const { url, requests } = await receiver(answer);
  const { code, stderr, stdout } = await push(await folderWithRun(), `${url}${place}`);
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain(`error: the series did not arrive at the OTLP receiver ${url}${place}: ${says}`);
  expect(stderr).toContain('\nhint: the whole path is wanted, for example http://127.0.0.1:4318/v1/metrics');
  expect(requests).toHaveLength(asked);
});

test('a receiver that is down is tried four times, then an error with 4', async () => {
  const started = performance.now();
  const { code, stderr } = await push(await folderWithRun(), `http://127.0.0.1:${await freePort()}${place}`);
  expect(code).toBe(4);
  expect(stderr).toMatch(
    /did not arrive at the OTLP receiver http:\S+: connect ECONNREFUSED \S+, tried 4 times\n/u,
  );
  expect(performance.now() - started).toBeGreaterThan(3500);
});

test.for<OtlpAnswer>(['hangs', 'drips'])(
  'a receiver that %s is given up within a bounded time',
  { concurrent: true },
  async (answer, context) => {
    const { url, close } = await startOtlpReceiver(answer);
    context.onTestFinished(close);
    const started = performance.now();
    const { code, stderr } = await push(await folderWithRun(), `${url}${place}`);
    expect(code).toBe(4);
    expect(stderr).toMatch(
      /did not arrive at the OTLP receiver http:\S+: no whole answer in time, tried 2 times\n/u,
    );
    expect(performance.now() - started).toBeLessThan(60_000);
  },
);

test('credentials go in the header and nowhere else, also where the receiver repeats them', async () => {
  const basic = Buffer.from('me:hunter2-and-more').toString('base64');
  const { url, requests } = await receiver({
    status: 403,
    body: `no: Basic ${basic}, hunter2-and-more, k-3456789, also-a-secret`,
  });
  const withUser = url.replace('//', '//me:hunter2-and-more@');
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=rag%20one, x-key = k-3456789' };
  const { stderr } = await push(await folderWithRun(), `${withUser}${place}?key=also-a-secret`, env);
  expect(requests[0]?.headers).toMatchObject({
    authorization: `Basic ${basic}`,
    'x-tenant': 'rag one',
    'x-key': 'k-3456789',
  });
  expect(stderr).toContain(`at the OTLP receiver ${url}${place}: HTTP status 403: no: `);
  for (const secret of ['hunter2', 'also-a-secret', 'k-3456789', basic]) expect(stderr).not.toContain(secret);
});

test('headers that are none are a usage error that does not show them', async () => {
  const { url, requests } = await receiver({ status: 200 });
  const { code, stderr } = await push(await folderWithRun(), `${url}${place}`, {
    OTEL_EXPORTER_OTLP_HEADERS: 'hunter2-and-more',
  });
  expect([code, requests.length]).toEqual([2, 0]);
  expect(stderr).toContain('error: OTEL_EXPORTER_OTLP_HEADERS is no list of headers\nhint: ');
  expect(stderr).not.toContain('hunter2');
});

test('a store without runs and verdicts is nothing to push', async () => {
  const { url, requests } = await receiver({ status: 200 });
  const folder = await emptyStore();
  await mkdir(path.join(folder, 'reports'));
  await writeFile(path.join(folder, 'flipgate.yaml'), '{}');
  const { code, stderr } = await push(folder, `${url}${place}`);
  expect([code, requests.length]).toEqual([4, 0]);
  expect(stderr).toContain('has no run and no verdict: there is nothing to push');
});
