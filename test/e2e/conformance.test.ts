import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hurryFlagger } from '../support/canaries.ts';
import { cases } from '../support/conformance/cases.ts';
import {
  asked,
  called,
  closed,
  decided,
  opened,
  scripted,
  settled,
} from '../support/conformance/consumers.ts';
import { healthyStore, type HealthyStore } from '../support/conformance/store.ts';
import {
  analyseAll,
  nowhere,
  releaseAllCases,
  type Decided,
  type Standing,
} from '../support/conformance/switches.ts';
import { tableOf } from '../support/conformance/table.ts';
import { startKubernetes, type Kubernetes } from '../support/servers/kubernetes.ts';
import { once } from '../support/servers/process.ts';
import { requireServer, requireServers, type TestContext } from '../support/servers/programs.ts';
import { startPrometheus } from '../support/servers/prometheus.ts';
import { keepReady } from '../support/servers/readiness.ts';
import { startArgoRollouts, startFlagger } from '../support/servers/switches.ts';

const rules = fileURLToPath(new URL('../../grafana/prometheus/flipgate.rules.yml', import.meta.url));

/** The one answer of each consumer that opens the gate: every other leaves it closed. */
const opens = {
  'GET /v1/gates': 'pass',
  'POST /v1/flagger': '200',
  'shell, HTTP': '0',
  'shell, Prometheus': '0',
  'Prometheus 2.42': '1',
  'Prometheus 3': '1',
  'Argo Rollouts': 'Successful',
  'Argo Rollouts, Prometheus alone': 'Successful',
  Flagger: 'Succeeded',
  'Flagger, Prometheus alone': 'Succeeded',
} as const;
type Consumer = keyof typeof opens;
type Row = Partial<Record<Consumer, string>>;

type Staged = NonNullable<ReturnType<Standing['get']>>;

const rows = new Map<string, Row>();
const standing = new Map<string, Staged>();
let store: HealthyStore;
let shared: ((() => Promise<Kubernetes>) & { close(): Promise<void> }) | undefined;

beforeAll(async () => {
  store = await healthyStore();
}, 60_000);
afterAll(async () => {
  const servers = [...standing.values()].flatMap(({ servers: own, prometheus }) => [...own, ...prometheus]);
  await Promise.all(servers.map((server) => server.close()));
  await shared?.close();
  await store.close();
});

test.for(Object.keys(cases))(
  'with "%s" no consumer opens that should not',
  { timeout: 120_000, concurrent: true },
  async (name, context) => {
    const binaries = await prometheusBinaries(context);
    const { gate, beside, prometheus } = await stage(name, Object.values(binaries), context);
    const row: Row = {
      'shell, HTTP':
        gate === undefined
          ? '–'
          : await scripted('gate-http.sh', gate, 'acceptance', 'green', store.artifact),
      'shell, Prometheus': await scripted('gate-prometheus.sh', prometheus[0]!.url),
      'GET /v1/gates': await asked(gate, store.artifact),
      'POST /v1/flagger': await called(gate),
    };
    for (const [index, consumer] of Object.keys(binaries).entries())
      row[consumer as Consumer] = await decided(prometheus[index]!);
    rows.set(name, row);
    // What only Prometheus has trouble with, nothing else is to stand in the way of.
    if (beside !== undefined) expect(await asked(beside, store.artifact)).toBe('pass');
    expect(whoOpens(row)).toEqual(
      name === 'pass'
        ? ['GET /v1/gates', 'POST /v1/flagger', 'shell, HTTP', 'shell, Prometheus', ...Object.keys(binaries)]
        : [],
    );
  },
);

test('the real Argo Rollouts opens for a pass alone', { timeout: 180_000 }, async (context) => {
  const { 'argo-rollouts': binary } = await requireServers(context, 'argo-rollouts', 'argo-rollouts-crds');
  const cluster = await onCluster(context);
  const controller = await startArgoRollouts(binary, cluster);
  try {
    note(await analyseAll(cluster, standing, store.artifact));
  } finally {
    await controller.close();
  }
  expect(whoOpened('Argo')).toEqual(['pass']);
});

test('the real Flagger opens for a pass alone', { timeout: 420_000 }, async (context) => {
  const { flagger } = await requireServers(context, 'flagger', 'flagger-crd');
  const cluster = await onCluster(context);
  const ready = keepReady(cluster, 'deployments');
  const controller = await startFlagger(
    flagger,
    cluster,
    standing.get('pass')?.prometheus[0]?.url ?? nowhere,
  );
  const hurry = hurryFlagger(cluster);
  try {
    note(await releaseAllCases({ cluster, logs: controller.logs }, standing, store.artifact));
  } finally {
    await hurry.close();
    await controller.close();
    await ready.close();
  }
  expect(whoOpened('Flagger')).toEqual(['pass']);
});

test('the table in the docs is what was seen', async (context) => {
  await requireServers(context, 'argo-rollouts', 'flagger', 'prometheus-3');
  const inOrder = new Map(Object.keys(cases).map((name) => [name, rows.get(name) ?? {}]));
  await expect(tableOf(inOrder, opens)).toMatchFileSnapshot('../../docs/conformance-table.md');
});

async function onCluster(context: TestContext): Promise<Kubernetes> {
  expect(standing.size).toBe(Object.keys(cases).length);
  const programs = await requireServers(
    context,
    'etcd',
    'kubectl',
    'kube-apiserver',
    'argo-rollouts-crds',
    'flagger-crd',
  );
  shared ??= once(() => startKubernetes(programs, [programs['argo-rollouts-crds'], programs['flagger-crd']]));
  return shared();
}

function note(found: Decided): void {
  for (const [name, row] of found) rows.set(name, { ...rows.get(name), ...row });
}

/** The cases in which a switch opened. */
function whoOpened(program: string): readonly string[] {
  return [...rows]
    .filter(([, row]) => whoOpens(row).some((consumer) => consumer.startsWith(program)))
    .map(([name]) => name);
}

async function prometheusBinaries(context: TestContext): Promise<Partial<Record<Consumer, string>>> {
  const oldest = await requireServer('prometheus', context);
  const skipped = { task: { meta: {} }, skip: missing };
  const newest = await requireServer('prometheus-3', skipped).catch(() => undefined);
  return { 'Prometheus 2.42': oldest, ...(newest === undefined ? {} : { 'Prometheus 3': newest }) };
}

/** Sets a case up, with every Prometheus that is at hand, and waits until they have made up their minds. */
async function stage(name: string, binaries: readonly string[], context: TestContext): Promise<Staged> {
  const shown = await cases[name]!(store, await requireServers(context, 'pushgateway'));
  const options = {
    scrape: { flipgate: shown.scrape },
    interval: '2s',
    ruleFiles: shown.rules === false ? [] : [rules],
  };
  const prometheus = await Promise.all(binaries.map((binary) => startPrometheus(binary, options)));
  const found = { ...shown, prometheus };
  standing.set(name, found);
  if (name === 'pass' || shown.spoil !== undefined) await Promise.all(prometheus.map(opened));
  if (shown.spoil !== undefined) {
    await shown.spoil();
    await Promise.all(prometheus.map(closed));
  }
  await Promise.all(prometheus.map((one) => settled(one, shown.scrape.length, shown.rules)));
  // A scrape that a busy machine did not answer in time closes the gate for a moment.
  if (name === 'pass') await Promise.all(prometheus.map(opened));
  return found;
}

function whoOpens(row: Row): readonly string[] {
  return Object.entries(opens)
    .filter(([consumer, answer]) => row[consumer as Consumer] === answer)
    .map(([consumer]) => consumer);
}

function missing(message?: string): never {
  throw new Error(message);
}
