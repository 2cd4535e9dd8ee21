import { afterAll, describe, expect, test } from 'vitest';
import { analyse, analysisRun, phases } from '../support/analysis-runs.ts';
import { kitDocuments, listOf, startGates, verdictAnswer, type GateServer } from '../support/consumers.ts';
import { startDecision } from '../support/decisions.ts';
import { startKubernetes, type Kubernetes, type KubernetesObject } from '../support/servers/kubernetes.ts';
import { eventually, once } from '../support/servers/process.ts';
import { requireServers, type TestContext } from '../support/servers/programs.ts';
import { keepReady } from '../support/servers/readiness.ts';
import { startArgoRollouts } from '../support/servers/switches.ts';

const needed = [
  'etcd',
  'kubectl',
  'prometheus',
  'kube-apiserver',
  'argo-rollouts',
  'argo-rollouts-crds',
] as const;

interface Stage {
  readonly cluster: Kubernetes;
  readonly gates: GateServer;
  /** A Prometheus in which both gates pass. */
  readonly prometheus: string;
  close(): Promise<void>;
}

let stage: ((() => Promise<Stage>) & { close(): Promise<void> }) | undefined;
afterAll(() => stage?.close());

async function onStage(context: TestContext): Promise<Stage> {
  const programs = await requireServers(context, ...needed);
  stage ??= once(async () => {
    const cluster = await startKubernetes(programs, [programs['argo-rollouts-crds']]);
    const controller = await startArgoRollouts(programs['argo-rollouts'], cluster);
    const [gates, prometheus, ready] = [
      await startGates(),
      await startDecision(programs.prometheus, 'pass'),
      keepReady(cluster, 'replicasets'),
    ];
    const close = async (): Promise<void> => {
      await ready.close();
      for (const server of [controller, gates, prometheus, cluster]) await server.close();
    };
    return { cluster, gates, prometheus: prometheus.url, close };
  });
  return stage();
}

interface Live {
  readonly rollout: KubernetesObject;
  /** The hash of the pod template that the Service of the users points to. */
  readonly active: string | undefined;
}

/** The kit in a namespace of its own, asking these servers, with its first revision live. */
class Kit {
  private readonly stage: Stage;
  private readonly name: string;
  constructor(on: Stage, name: string) {
    this.stage = on;
    this.name = name;
  }

  async install(): Promise<string> {
    const { cluster, gates, prometheus } = this.stage;
    await cluster.kubectl(['create', 'namespace', this.name]);
    const templates = structuredClone(
      await kitDocuments('argo-rollouts/analysis-templates.yaml'),
    ) as KubernetesObject[];
    const values: Record<string, string> = {
      flipgate: gates.base(this.name),
      prometheus,
      interval: '1s',
      patience: '0',
    };
    for (const { spec } of templates)
      for (const arg of (spec.args ?? []) as { name: string; value?: string }[]) {
        const value = values[arg.name];
        if (value !== undefined) arg.value = value;
      }
    await cluster.apply(listOf(templates), this.name);
    await this.apply('1.0.0', 'first');
    const { active } = await this.until(({ rollout }) => rollout['status']?.phase === 'Healthy');
    return active!;
  }

  async apply(version: string, artifact: string | undefined): Promise<void> {
    const documents = structuredClone(await kitDocuments('argo-rollouts/rollout.yaml')) as KubernetesObject[];
    const rollout = documents.find(({ kind }) => kind === 'Rollout')!;
    rollout['metadata'].annotations = artifact === undefined ? {} : { 'flipgate/artifact': artifact };
    rollout['spec'].template.spec.containers[0].image = `registry.example/rag:${version}`;
    await this.stage.cluster.apply(
      listOf(documents.filter(({ kind }) => kind === 'Rollout' || version === '1.0.0')),
      this.name,
    );
  }

  async until(holds: (live: Live) => boolean): Promise<Live> {
    let last: Live | undefined;
    const look = async (): Promise<Live | undefined> => {
      const rollout = await this.stage.cluster.get('rollout/rag', this.name);
      const service = await this.stage.cluster.get('service/rag-active', this.name);
      last = {
        rollout,
        active: service['spec'].selector['rollouts-pod-template-hash'] as string | undefined,
      };
      const seen = String(rollout['status']?.observedGeneration) === String(rollout['metadata'].generation);
      return seen && holds(last) ? last : undefined;
    };
    return eventually(look, 60, () => JSON.stringify(last?.rollout['status']));
  }
}

describe('the Rollout of the kit', { concurrent: true }, () => {
  test('moves the users to Green on a pass about this artifact, and back when the watch fails', async (context) => {
    const on = await onStage(context);
    const kit = new Kit(on, 'passes');
    let watch = 'pass';
    on.gates.answers.set('passes', ({ url }) => {
      if (url.startsWith('/v1/gates/watch')) return verdictAnswer(watch);
      return verdictAnswer(url.endsWith('&artifact=second') ? 'pass' : 'error');
    });
    const blue = await kit.install();
    await kit.apply('2.0.0', 'second');
    const { active: green } = await kit.until(({ active }) => active !== blue);
    await eventually(
      async () =>
        on.gates.requests('passes').some(({ url }) => url.startsWith('/v1/gates/watch')) ? true : undefined,
      30,
    );
    watch = 'fail';
    // Rollout and Service are read one after the other: the first may be a moment older.
    const back = await kit.until(
      ({ active, rollout }) => active === blue && rollout['status'].abort === true,
    );
    expect(green).not.toBe(blue);
    expect(back.rollout['status'].abort).toBe(true);
  });

  test.for([
    ['fail', 'second', 'Degraded'],
    ['error', 'second', 'Degraded'],
    ['inconclusive', 'second', 'Paused'],
    ['pass', undefined, 'Paused'],
    ['pass', '', 'Paused'],
  ] as const)(
    'leaves the users on Blue on %s with the artifact %s',
    async ([verdict, artifact, phase], context) => {
      const on = await onStage(context);
      const name = `${verdict}-${artifact ?? 'unset'}-artifact`.replace('--', '-no-');
      const kit = new Kit(on, name);
      on.gates.answers.set(name, verdictAnswer(verdict));
      const blue = await kit.install();
      await kit.apply('2.0.0', artifact);
      const { rollout, active } = await kit.until(
        (live) => live.rollout['status'].phase === phase && analysed(live.rollout),
      );
      expect(active).toBe(blue);
      expect(rollout['status'].currentPodHash).not.toBe(blue);
    },
  );
});

/** Whether the analysis before the promotion has ended. */
function analysed({ status }: KubernetesObject): boolean {
  const state = status.blueGreen?.prePromotionAnalysisRunStatus?.status as string | undefined;
  return state !== undefined && state !== 'Running' && state !== 'Pending';
}

test.for([
  ['Complete', 'Successful'],
  ['Failed', 'Failed'],
] as const)('a job that ends %s makes the analysis %s', async ([end, phase], context) => {
  const { cluster } = await onStage(context);
  const namespace = `job-${end.toLowerCase()}`;
  const run = await analysisRun('flipgate-acceptance-job', {});
  const [ends] = await Promise.all([
    analyse(cluster, { job: run }, namespace),
    endJob(cluster, namespace, end),
  ]);
  expect(phases(ends)).toEqual({ job: phase });
});

/** Stands in for the kubelet and the job controller, which are not there: the container ended with 0, or with another code. */
async function endJob(cluster: Kubernetes, namespace: string, end: 'Complete' | 'Failed'): Promise<void> {
  const jobs = await eventually(async () => {
    const { items } = (await cluster.get('jobs', namespace).catch(() => ({ items: [] }))) as {
      items: readonly KubernetesObject[];
    };
    return items.length > 0 ? items : undefined;
  }, 30);
  const now = new Date().toISOString().replace(/\.\d+Z$/u, 'Z');
  const first = end === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const conditions = [first, end].map((type) => ({ type, status: 'True', lastTransitionTime: now }));
  const status = {
    startTime: now,
    conditions,
    ...(end === 'Complete' ? { completionTime: now, succeeded: 1 } : { failed: 1 }),
  };
  await cluster.patchStatus(jobs[0]!, status);
}
