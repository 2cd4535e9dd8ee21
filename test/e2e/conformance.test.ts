import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyse, analysisRun } from '../support/analysis-runs.ts';
import { cases, type Shown } from '../support/conformance/cases.ts';
import { asked, called, closed, decided, opened, scripted, settled } from '../support/conformance/consumers.ts';
import { healthyStore, type HealthyStore } from '../support/conformance/store.ts';
import { tableOf } from '../support/conformance/table.ts';
import { startKubernetes, type KubernetesObject } from '../support/servers/kubernetes.ts';
import { requireServer, requireServers, type TestContext } from '../support/servers/programs.ts';
import { startPrometheus, type Prometheus } from '../support/servers/prometheus.ts';
import { startArgoRollouts } from '../support/servers/switches.ts';

const rules = fileURLToPath(new URL('../../grafana/prometheus/flipgate.rules.yml', import.meta.url));
const nowhere = 'http://127.0.0.1:1';

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
} as const;
type Consumer = keyof typeof opens;
type Row = Partial<Record<Consumer, string>>;

interface Standing extends Shown {
  readonly prometheus: readonly Prometheus[];
}

const rows = new Map<string, Row>();
const standing = new Map<string, Standing>();
let store: HealthyStore;

beforeAll(async () => {
  store = await healthyStore();
}, 60_000);
afterAll(async () => {
  const servers = [...standing.values()].flatMap(({ servers: own, prometheus }) => [...own, ...prometheus]);
  await Promise.all(servers.map((server) => server.close()));
  await store.close();
});

test.for(Object.keys(cases))(
  'with "%s" no consumer opens that should not',
  { timeout: 120_000, concurrent: true },
  async (name, context) => {
    const binaries = await prometheusBinaries(context);
    const { gate, prometheus } = await stage(name, Object.values(binaries), context);
    const row: Row = {
      'shell, HTTP': gate === undefined ? '–' : await scripted('gate-http.sh', gate, 'acceptance', 'green', store.artifact),
      'shell, Prometheus': await scripted('gate-prometheus.sh', prometheus[0]!.url),
      'GET /v1/gates': await asked(gate, store.artifact),
      'POST /v1/flagger': await called(gate),
    };
    for (const [index, consumer] of Object.keys(binaries).entries()) row[consumer as Consumer] = await decided(prometheus[index]!);
    rows.set(name, row);
    expect(whoOpens(row)).toEqual(
      name === 'pass' ? ['GET /v1/gates', 'POST /v1/flagger', 'shell, HTTP', 'shell, Prometheus', ...Object.keys(binaries)] : [],
    );
  },
);

test('the real Argo Rollouts opens for a pass alone', { timeout: 180_000 }, async (context) => {
  const programs = await requireServers(context, 'etcd', 'kubectl', 'kube-apiserver', 'argo-rollouts', 'argo-rollouts-crds');
  expect(standing.size).toBe(Object.keys(cases).length);
  const cluster = await startKubernetes(programs, [programs['argo-rollouts-crds']]);
  try {
    const controller = await startArgoRollouts(programs['argo-rollouts'], cluster);
    try {
      await analyseAll(async (runs, namespace) => analyse(cluster, runs, namespace));
    } finally {
      await controller.close();
    }
  } finally {
    await cluster.close();
  }
  const open = [...rows].filter(([, row]) => whoOpens(row).some((consumer) => consumer.startsWith('Argo')));
  expect(open.map(([name]) => name)).toEqual(['pass']);
  const inOrder = new Map(Object.keys(cases).map((name) => [name, rows.get(name) ?? {}]));
  await expect(tableOf(inOrder, opens)).toMatchFileSnapshot('../../docs/conformance-table.md');
});

async function prometheusBinaries(context: TestContext): Promise<Partial<Record<Consumer, string>>> {
  const oldest = await requireServer('prometheus', context);
  const skipped = { task: { meta: {} }, skip: missing };
  const newest = await requireServer('prometheus-3', skipped).catch(() => undefined);
  return { 'Prometheus 2.42': oldest, ...(newest === undefined ? {} : { 'Prometheus 3': newest }) };
}

/** Sets a case up, with every Prometheus that is at hand, and waits until they have made up their minds. */
async function stage(name: string, binaries: readonly string[], context: TestContext): Promise<Standing> {
  const shown = await cases[name]!(store, await requireServers(context, 'pushgateway'));
  const options = { scrape: { flipgate: shown.scrape }, interval: '1s', ruleFiles: shown.rules === false ? [] : [rules] };
  const prometheus = await Promise.all(binaries.map((binary) => startPrometheus(binary, options)));
  const found = { ...shown, prometheus };
  standing.set(name, found);
  if (name === 'pass' || shown.spoil !== undefined) await Promise.all(prometheus.map(opened));
  if (shown.spoil !== undefined) {
    await shown.spoil();
    await Promise.all(prometheus.map(closed));
  }
  await Promise.all(prometheus.map((one) => settled(one, shown.scrape.length, shown.rules)));
  return found;
}

function whoOpens(row: Row): readonly string[] {
  return Object.entries(opens)
    .filter(([consumer, answer]) => row[consumer as Consumer] === answer)
    .map(([consumer]) => consumer);
}

type Analyse = (runs: Readonly<Record<string, KubernetesObject>>, namespace: string) => Promise<Readonly<Record<string, KubernetesObject>>>;

/** One analysis a case with each of the two templates, all side by side. */
async function analyseAll(run: Analyse): Promise<void> {
  const [both, alone]: Record<string, KubernetesObject>[] = [{}, {}];
  for (const [name, { gate, beside = gate ?? nowhere, prometheus }] of standing) {
    const key = name.replaceAll(' ', '-').toLowerCase();
    const url = prometheus[0]?.url ?? nowhere;
    both![key] = await analysisRun('flipgate-acceptance', {
      flipgate: beside,
      prometheus: url,
      artifact: store.artifact,
      patience: '0',
    });
    alone![key] = await analysisRun('flipgate-acceptance-prometheus', { prometheus: url });
  }
  const [ofBoth, ofOne] = [await run(both!, 'both'), await run(alone!, 'alone')];
  for (const [name, row] of rows) {
    const key = name.replaceAll(' ', '-').toLowerCase();
    row['Argo Rollouts'] = String(ofBoth[key]?.['phase']);
    row['Argo Rollouts, Prometheus alone'] = String(ofOne[key]?.['phase']);
  }
}

function missing(note?: string): never {
  throw new Error(note);
}
