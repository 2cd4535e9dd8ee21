import { afterAll, describe, expect, test } from 'vitest';
import { analyse, analysisRun, phases } from '../support/analysis-runs.ts';
import { startGates, verdictAnswer, type GateAnswer, type GateServer } from '../support/consumers.ts';
import { decisions, startDecision, startStuckDecision, type Decision } from '../support/decisions.ts';
import { startKubernetes, type Kubernetes, type KubernetesObject } from '../support/servers/kubernetes.ts';
import { once } from '../support/servers/process.ts';
import { requireServers, type TestContext } from '../support/servers/programs.ts';
import type { Prometheus } from '../support/servers/prometheus.ts';
import { startArgoRollouts } from '../support/servers/switches.ts';

const nowhere = 'http://127.0.0.1:1';

const needed = [
  'etcd',
  'kubectl',
  'prometheus',
  'promtool',
  'kube-apiserver',
  'argo-rollouts',
  'argo-rollouts-crds',
] as const;

/** A cluster with the controller, a gate server, and a Prometheus per decision: started once, by the first test that needs them. */
interface Stage {
  readonly cluster: Kubernetes;
  readonly gates: GateServer;
  readonly prometheus: Readonly<Record<Decision | 'stuck', Prometheus>>;
  close(): Promise<void>;
}

let stage: ((() => Promise<Stage>) & { close(): Promise<void> }) | undefined;
afterAll(() => stage?.close());

async function onStage(context: TestContext): Promise<Stage> {
  const programs = await requireServers(context, ...needed);
  stage ??= once(async () => {
    const cluster = await startKubernetes(programs, [programs['argo-rollouts-crds']]);
    const controller = await startArgoRollouts(programs['argo-rollouts'], cluster);
    const gates = await startGates();
    const names = Object.keys(decisions) as Decision[];
    const all = await Promise.all(
      names.map(async (name) => [name, await startDecision(programs.prometheus, name)] as const),
    );
    const stuck = await startStuckDecision(programs.prometheus, programs.promtool);
    const prometheus = { ...(Object.fromEntries(all) as Record<Decision, Prometheus>), stuck };
    const servers = [controller, gates, cluster, ...all.map(([, server]) => server), stuck];
    const close = async (): Promise<void> =>
      void (await Promise.all(servers.map((server) => server.close())));
    return { cluster, gates, prometheus, close };
  });
  return stage();
}

/** Answers that are no verdict. A JSON text of another shape, a status that is no success, and no JSON at all. */
const odd: Readonly<Record<string, GateAnswer>> = {
  error: verdictAnswer('error'),
  capitals: verdictAnswer('PASS'),
  'no-verdict': { status: 200, body: '{"reason":"because"}' },
  null: { status: 200, body: '{"verdict":null}' },
  true: { status: 200, body: '{"verdict":true}' },
  'a-list': { status: 200, body: '{"verdict":["pass"]}' },
  'in-a-list': { status: 200, body: '[{"verdict":"pass"}]' },
  'status-503': { status: 503, body: '{"verdict":"pass"}' },
  'status-404': { status: 404, body: '{"verdict":"pass"}' },
};
const noJson: Readonly<Record<string, GateAnswer>> = {
  empty: { status: 200, body: '' },
  'status-204': { status: 204, body: '' },
  cut: { status: 200, body: '{"verdict":"pass"' },
  twice: { status: 200, body: '{"verdict":"pass"}{"verdict":"fail"}' },
  'plain-text': { status: 200, body: 'pass' },
};

describe('the gate that needs both proofs', { concurrent: true }, () => {
  const wanted = (flipgate: string, prometheus: string): Record<string, string> => ({
    flipgate,
    prometheus,
    artifact: 'abc',
    patience: '0',
  });

  test('opens for a pass that Prometheus has too, and for nothing else', async (context) => {
    const { cluster, gates, prometheus } = await onStage(context);
    const verdicts = {
      pass: verdictAnswer('pass'),
      fail: verdictAnswer('fail'),
      inconclusive: verdictAnswer('inconclusive'),
    };
    for (const [name, answer] of Object.entries({ ...verdicts, ...odd, ...noJson }))
      gates.answers.set(name, answer);
    const runs: Record<string, KubernetesObject> = {};
    const add = async (name: string, flipgate: string, url: string): Promise<void> =>
      void (runs[name] = await analysisRun('flipgate-acceptance', wanted(flipgate, url)));
    for (const name of [...Object.keys(verdicts), ...Object.keys(odd)])
      await add(name, gates.base(name), prometheus.pass.url);
    await add('unreachable', nowhere, prometheus.pass.url);
    for (const name of Object.keys(noJson)) await add(name, gates.base(name), prometheus.fail.url);
    for (const name of [
      'inconclusive',
      'fail',
      'NaN',
      'half',
      'no series',
      'two series',
      'two passes',
      'stuck',
    ] as const)
      await add(
        `prometheus-${name.replace(' ', '-').toLowerCase()}`,
        gates.base('pass'),
        prometheus[name].url,
      );
    await add('prometheus-down', gates.base('pass'), nowhere);
    expect(phases(await analyse(cluster, runs, 'both'))).toEqual({
      pass: 'Successful',
      fail: 'Failed',
      inconclusive: 'Inconclusive',
      ...Object.fromEntries(
        [...Object.keys(odd), 'unreachable', ...Object.keys(noJson)].map((name) => [name, 'Error']),
      ),
      'prometheus-inconclusive': 'Inconclusive',
      ...Object.fromEntries(
        ['fail', 'nan', 'half', 'no-series', 'two-series', 'two-passes', 'stuck', 'down'].map((name) => [
          `prometheus-${name}`,
          'Error',
        ]),
      ),
    });
    const [request] = gates.requests('fail');
    expect([request?.method, request?.url]).toEqual(['GET', '/v1/gates/acceptance?arm=green&artifact=abc']);
  });

  test('waits while there is no verdict about this artifact, and takes the first that comes', async (context) => {
    const { cluster, gates, prometheus } = await onStage(context);
    for (const verdict of ['pass', 'fail', 'inconclusive'])
      gates.answers.set(`late-${verdict}`, () =>
        verdictAnswer(gates.requests(`late-${verdict}`).length < 2 ? 'error' : verdict),
      );
    const late = (verdict: string): Promise<KubernetesObject> =>
      analysisRun('flipgate-acceptance', {
        ...wanted(gates.base(`late-${verdict}`), prometheus.pass.url),
        patience: '3',
      });
    const runs = {
      pass: await late('pass'),
      fail: await late('fail'),
      inconclusive: await late('inconclusive'),
    };
    const ends = await analyse(cluster, runs, 'late');
    expect(phases(ends)).toEqual({ pass: 'Successful', fail: 'Failed', inconclusive: 'Inconclusive' });
    expect(measured(ends['pass'], 'verdict')).toEqual(['Error', 'Successful']);
  });

  test('does not open without an artifact', async (context) => {
    const { cluster, gates, prometheus } = await onStage(context);
    gates.answers.set('nothing-asked', verdictAnswer('pass'));
    const run = await analysisRun('flipgate-acceptance', {
      ...wanted(gates.base('nothing-asked'), prometheus.pass.url),
      artifact: '',
    });
    expect(phases(await analyse(cluster, { empty: run }, 'no-artifact'))).toEqual({ empty: 'Inconclusive' });
    const unset = await analysisRun('flipgate-acceptance', {});
    const refused = await analyse(cluster, { unset }, 'unset-artifact');
    expect(refused['unset']).toMatchObject({
      phase: 'Error',
      message: expect.stringContaining('"artifact" was not supplied'),
    });
  });

  test('is needed: the web provider alone takes what is no JSON for a success', async (context) => {
    const { cluster, gates, prometheus } = await onStage(context);
    gates.answers.set('garbage', noJson['cut']!);
    const run = await analysisRun('flipgate-acceptance', wanted(gates.base('garbage'), prometheus.fail.url));
    const { garbage } = await analyse(cluster, { garbage: run }, 'garbage');
    const results = garbage?.['metricResults'] as readonly KubernetesObject[];
    expect(Object.fromEntries(results.map(({ name, phase }) => [name, phase]))).toEqual({
      verdict: 'Successful',
      proof: 'Error',
    });
  });
});

test('the gate that reads Prometheus opens for exactly one fresh 1', async (context) => {
  const { cluster, prometheus } = await onStage(context);
  const urls = {
    ...Object.fromEntries(Object.entries(prometheus).map(([name, { url }]) => [name, url])),
    down: nowhere,
  };
  const runs: Record<string, KubernetesObject> = {};
  for (const [name, url] of Object.entries(urls)) {
    const run = await analysisRun('flipgate-acceptance-prometheus', { prometheus: url });
    // An error is asked again every 10 s; once is enough here.
    run['spec'].metrics[0].consecutiveErrorLimit = 0;
    runs[name.replace(' ', '-').toLowerCase()] = run;
  }
  expect(phases(await analyse(cluster, runs, 'prometheus'))).toEqual({
    pass: 'Successful',
    inconclusive: 'Inconclusive',
    ...Object.fromEntries(
      ['fail', 'nan', 'half', 'no-series', 'two-series', 'two-passes', 'stuck'].map((name) => [
        name,
        'Failed',
      ]),
    ),
    down: 'Error',
  });
});

test('the watch ends at the first violated rule, and is a success only after all its measurements', async (context) => {
  const { cluster, gates, prometheus } = await onStage(context);
  for (const verdict of ['pass', 'fail', 'inconclusive', 'error'])
    gates.answers.set(`watch-${verdict}`, verdictAnswer(verdict));
  gates.answers.set('turns', () => verdictAnswer(gates.requests('turns').length < 3 ? 'pass' : 'fail'));
  const run = async (flipgate: string, url = prometheus.pass.url): Promise<KubernetesObject> => {
    const made = await analysisRun('flipgate-watch', {
      flipgate: gates.base(flipgate),
      prometheus: url,
      interval: '1s',
      count: '9',
    });
    for (const metric of made['spec'].metrics) metric.consecutiveErrorLimit = 0;
    return made;
  };
  const runs = {
    pass: await run('watch-pass'),
    fail: await run('watch-fail'),
    inconclusive: await run('watch-inconclusive'),
    error: await run('watch-error'),
    turns: await run('turns'),
    'prometheus-fail': await run('watch-pass', prometheus.fail.url),
    'prometheus-silent': await run('watch-pass', prometheus['no series'].url),
  };
  const ends = await analyse(cluster, runs, 'watch');
  expect(phases(ends)).toEqual({
    pass: 'Successful',
    fail: 'Failed',
    inconclusive: 'Inconclusive',
    error: 'Error',
    turns: 'Failed',
    'prometheus-fail': 'Error',
    'prometheus-silent': 'Error',
  });
  expect(ends['pass']?.['metricResults'].map(({ successful }: KubernetesObject) => successful)).toEqual([
    9, 9,
  ]);
});

/** The phases of a metric's measurements, in order. */
function measured(status: KubernetesObject | undefined, metric: string): readonly string[] {
  const results = (status?.['metricResults'] ?? []) as readonly KubernetesObject[];
  const found = results.find(({ name }) => name === metric)?.['measurements'] as
    | readonly KubernetesObject[]
    | undefined;
  return (found ?? []).map(({ phase }) => phase as string);
}
