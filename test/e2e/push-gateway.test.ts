import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { flipgate, type Finished } from '../support/cli.ts';
import { samplesOfPage } from '../support/exposition.ts';
import { startArm } from '../support/arm-server.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { freePort } from '../support/servers/process.ts';
import { requireServer, type TestContext } from '../support/servers/programs.ts';
import { startPushgateway } from '../support/servers/pushgateway.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

async function gatewayOf(context: TestContext): Promise<string> {
  const gateway = await startPushgateway(await requireServer('pushgateway', context));
  onTestFinished(() => gateway.close());
  return gateway.url;
}

/** Runs of both arms and a verdict, in a folder with its store. */
async function bothArms(): Promise<{ folder: string; store: string }> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  for (const arm of ['blue', 'green']) await writeRun(store, { arm });
  await writeVerdict(store, passedNow());
  return { folder, store };
}

const push = (folder: string, url: string, ...more: readonly string[]): Promise<Finished> =>
  flipgate(folder, ['push', '--gateway', url, ...more]);

/** What a Pushgateway has of ours, without its own label for who could have been scraped. */
async function held(url: string): Promise<readonly string[]> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return [...samplesOfPage(page).keys()]
    .filter((key) => key.startsWith('flipgate_'))
    .map((key) => key.replace('instance="",', ''));
}

/** The groups by their labels, as the Pushgateway tells them. */
async function groups(url: string): Promise<readonly string[]> {
  const { data } = (await (await fetch(`${url}/api/v1/metrics`)).json()) as {
    data: readonly { labels: Record<string, string> }[];
  };
  return data.map(({ labels }) => JSON.stringify(labels)).toSorted();
}

test('each arm has its group, what is no arm’s another, and each is replaced whole', async (context) => {
  const [url, { folder, store }] = [await gatewayOf(context), await bothArms()];
  expect(await push(folder, `${url}/`)).toEqual({
    code: 0,
    stdout: `pushed 3 groups to ${url}\n`,
    stderr: '',
  });
  expect(await groups(url)).toEqual([
    '{"arm":"blue","job":"flipgate"}',
    '{"arm":"green","job":"flipgate"}',
    '{"job":"flipgate"}',
  ]);
  const first = await held(url);
  for (const key of [
    'flipgate_coverage_ratio{arm="green",job="flipgate",stat="mean"}',
    'flipgate_coverage_ratio{arm="blue",job="flipgate",stat="mean"}',
    'flipgate_gate_rule_value{arm="green",gate="acceptance",job="flipgate",rule="coverage"}',
  ])
    expect(first).toContain(key);
  expect(first.filter((key) => key.startsWith('flipgate_build_info{'))).toHaveLength(1);

  await rm(path.join(store, 'verdicts/acceptance.green.json'));
  await writeRun(store, { at: 60, status: 'aborted' });
  expect((await push(folder, url)).code).toBe(0);
  const second = await held(url);
  expect(second.filter((key) => key.startsWith('flipgate_gate_'))).toEqual([]);
  expect(
    second.filter((key) => key.startsWith('flipgate_coverage_ratio') && key.includes('"green"')),
  ).toEqual([]);
  expect(
    second.filter((key) => key.startsWith('flipgate_coverage_ratio') && key.includes('"blue"')),
  ).not.toEqual([]);
});

test('--delete takes away the groups of every arm that the store or the configuration knows, and no others', async (context) => {
  const [url, { folder }] = [await gatewayOf(context), await bothArms()];
  const amber = await startArm();
  onTestFinished(() => amber.close());
  const arms = { amber: { kind: 'http', url: amber.url, versionsUrl: amber.versionsUrl } };
  await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify({ arms }));
  await fetch(`${url}/metrics/job/other`, { method: 'PUT', body: 'x 1\n' });
  expect((await push(folder, url)).stdout).toBe(`pushed 4 groups to ${url}\n`);
  expect(await groups(url)).toContain('{"arm":"amber","job":"flipgate"}');
  expect(await push(folder, url, '--delete')).toEqual({
    code: 0,
    stdout: `deleted 4 groups at ${url}\n`,
    stderr: '',
  });
  expect(await groups(url)).toEqual(['{"job":"other"}']);
  expect((await push(folder, url, '--delete')).code).toBe(0);
});

test('a Pushgateway that is down is tried four times, then an error with 4; --delete likewise', async () => {
  const { folder } = await bothArms();
  const url = `http://127.0.0.1:${await freePort()}`;
  const started = performance.now();
  const { code, stdout, stderr } = await push(folder, url.replace('//', '//me:hunter2-and-more@'));
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toMatch(
    /^error: the series did not arrive at the Pushgateway http:\S+: connect ECONNREFUSED \S+, tried 4 times\nhint: \S/u,
  );
  expect(stderr).toContain(url);
  expect(stderr).not.toContain('hunter2');
  expect(performance.now() - started).toBeGreaterThan(3500);
  const deleted = await push(folder, url, '--delete');
  expect([deleted.code, deleted.stderr]).toEqual([
    4,
    expect.stringContaining('group /metrics/job/flipgate was not deleted'),
  ]);
});

test('a Pushgateway that comes back in time gets the series', async () => {
  const { folder } = await bothArms();
  const gateway = await startOtlpReceiver({ status: 503 }, { status: 502 }, { status: 200 });
  onTestFinished(() => gateway.close());
  expect((await push(folder, gateway.url)).code).toBe(0);
  expect(gateway.requests.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
    ...Array<string>(3).fill('PUT /metrics/job/flipgate'),
    'PUT /metrics/job/flipgate/arm/blue',
    'PUT /metrics/job/flipgate/arm/green',
  ]);
});

test('series that a Pushgateway refuses are an error at once, with what it said', async (context) => {
  const [url, { folder }] = [await gatewayOf(context), await bothArms()];
  // What another job pushed as a counter is no gauge in any group.
  await fetch(`${url}/metrics/job/other`, {
    method: 'PUT',
    body: '# TYPE flipgate_build_info counter\nflipgate_build_info 1\n',
  });
  const { code, stderr } = await push(folder, url);
  expect(code).toBe(4);
  expect(stderr).toContain(`did not arrive at the Pushgateway ${url}: HTTP status 400: `);
});

test('a page to sign in is no Pushgateway, whatever its status', async () => {
  const { folder } = await bothArms();
  const answer = {
    status: 200,
    body: '<!doctype html><title>Sign in</title>',
    headers: { 'content-type': 'text/html; charset=utf-8' },
  };
  const { url, requests, close } = await startOtlpReceiver(answer);
  onTestFinished(close);
  for (const [flags, what] of [
    [[], 'the series did not arrive'],
    [['--delete'], 'was not deleted'],
  ] as const) {
    const { code, stderr } = await push(folder, url, ...flags);
    expect([code, requests.length]).toEqual([4, flags.length + 1]);
    expect(stderr).toContain(what);
    expect(stderr).toContain('HTTP status 200 with a page, where a Pushgateway has nothing');
  }
});

test('one place that fails keeps nothing from the others', async () => {
  const { folder } = await bothArms();
  const receiver = await startOtlpReceiver({ status: 200 });
  onTestFinished(() => receiver.close());
  const down = `http://127.0.0.1:${await freePort()}`;
  const more = ['--textfile', 'nowhere/flipgate.prom', '--otlp', `${receiver.url}/v1/metrics`];
  const { code, stdout, stderr } = await push(folder, down, ...more);
  expect([code, stdout]).toEqual([4, `sent the series to ${receiver.url}\n`]);
  expect(receiver.requests).toHaveLength(1);
  expect(stderr).toMatch(/at the Pushgateway [^\n]*; "nowhere\/flipgate\.prom" cannot be written/u);
});

test.for<readonly [url: string, shown: string]>([
  ['me:hunter2-and-more@gateway:9091', 'gateway:9091'],
  ['//me:hunter2-and-more@gateway:9091', 'gateway:9091'],
  ['ftp://gateway/?key=hunter2-and-more', 'ftp://gateway/'],
  ['gateway:9091', 'gateway:9091'],
])('%s is no URL to push to, and its secrets are not shown', async ([url, shown]) => {
  for (const flag of ['--gateway', '--otlp']) {
    const { code, stderr } = await flipgate(await emptyStore(), ['push', flag, url]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`error: ${flag} "${shown}" is not an http or https URL\nhint: `),
    ]);
    expect(stderr).not.toContain('hunter2');
  }
});

test('a percent sign in a password that encodes nothing stands for itself', async () => {
  const { folder } = await bothArms();
  const gateway = await startOtlpReceiver({ status: 200 });
  onTestFinished(() => gateway.close());
  expect((await push(folder, gateway.url.replace('//', '//me:100%real@'))).code).toBe(0);
  expect(gateway.requests[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from('me:100%real').toString('base64')}`,
  );
});

test('a password comes from the environment, and stands neither in the arguments nor in what is said', async () => {
  const folder = await emptyStore();
  await writeRun(path.join(folder, 'reports'), { arm: 'green' });
  const url = `http://ci:\${GATEWAY_PASSWORD}@127.0.0.1:${await freePort()}`;
  const words = ['push', '--gateway', url];
  const unset = await flipgate(folder, words);
  expect([unset.code, unset.stderr]).toEqual([2, expect.stringContaining('"GATEWAY_PASSWORD" is not set')]);
  const refused = await flipgate(folder, words, { GATEWAY_PASSWORD: 'pa55w0rd-of-the-gateway' });
  expect([refused.code, refused.stderr]).toEqual([
    4,
    expect.stringContaining('did not arrive at the Pushgateway'),
  ]);
  expect(refused.stdout + refused.stderr).not.toContain('pa55w0rd');
});
