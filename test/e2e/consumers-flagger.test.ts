import { afterAll, describe, expect, test } from 'vitest';
import { canaryObjects, hurryFlagger, images, released } from '../support/canaries.ts';
import {
  listOf,
  startGates,
  type GateAnswer,
  type GateRequest,
  type GateServer,
} from '../support/consumers.ts';
import { startDecision, startStuckDecision } from '../support/decisions.ts';
import { startKubernetes, type Kubernetes, type KubernetesObject } from '../support/servers/kubernetes.ts';
import { eventually, once } from '../support/servers/process.ts';
import { requireServers, type TestContext } from '../support/servers/programs.ts';
import { keepReady } from '../support/servers/readiness.ts';
import { startFlagger } from '../support/servers/switches.ts';

const needed = [
  'etcd',
  'kubectl',
  'prometheus',
  'promtool',
  'kube-apiserver',
  'flagger',
  'flagger-crd',
] as const;
const artifact = 'a'.repeat(64);
// A promotion takes seven looks.
const patience = 150;

interface Stage {
  readonly cluster: Kubernetes;
  readonly gates: GateServer;
  readonly prometheus: Readonly<Record<'pass' | 'fail' | 'no series' | 'two series' | 'stuck', string>>;
  close(): Promise<void>;
}

let stage: ((() => Promise<Stage>) & { close(): Promise<void> }) | undefined;
afterAll(() => stage?.close());

async function onStage(context: TestContext): Promise<Stage> {
  const programs = await requireServers(context, ...needed);
  stage ??= once(async () => {
    const decisions = await Promise.all(
      (['pass', 'fail', 'no series', 'two series'] as const).map((name) =>
        startDecision(programs.prometheus, name),
      ),
    );
    const stuck = await startStuckDecision(programs.prometheus, programs.promtool);
    const [pass, fail, none, two] = decisions.map(({ url }) => url) as [string, string, string, string];
    const cluster = await startKubernetes(programs, [programs['flagger-crd']]);
    const controller = await startFlagger(programs.flagger, cluster, pass);
    const [gates, ready, hurry] = [
      await startGates(),
      keepReady(cluster, 'deployments'),
      hurryFlagger(cluster),
    ];
    const close = async (): Promise<void> => {
      await hurry.close();
      await ready.close();
      for (const server of [controller, gates, stuck, ...decisions, cluster]) await server.close();
    };
    return {
      cluster,
      gates,
      prometheus: { pass, fail, 'no series': none, 'two series': two, stuck: stuck.url },
      close,
    };
  });
  return stage();
}

interface Release {
  readonly on: Stage;
  readonly name: string;
  /** Which look at a Prometheus Flagger takes. */
  readonly prometheus?: keyof Stage['prometheus'];
  readonly answer: (request: GateRequest) => GateAnswer;
}

const open: GateAnswer = { status: 200, body: 'pass: because\n' };
const closed: GateAnswer = { status: 409, body: 'inconclusive: because\n' };
const goOn: GateAnswer = { status: 403, body: 'pass: because\n' };
const isRollback = ({ url }: GateRequest): boolean => url.startsWith('/v1/flagger/rollback?gate=');

/** Installs the kit with a first revision, and releases a second one. */
async function release({ on, name, prometheus = 'pass', answer }: Release): Promise<void> {
  const { cluster, gates } = on;
  gates.answers.set(name, answer);
  await cluster.kubectl(['create', 'namespace', name]);
  const { deployment, rest } = await canaryObjects({
    gates: gates.base(name),
    prometheus: on.prometheus[prometheus],
    artifact,
  });
  await cluster.apply(listOf([...deployment, ...rest]), name);
  await reaches(on, name, 'Initialized');
  await cluster.apply(listOf(deployment.map(released)), name);
}

async function reaches({ cluster }: Stage, name: string, phase: string): Promise<void> {
  let seen: unknown;
  const look = async (): Promise<true | undefined> => {
    seen = (await cluster.get('canary/rag', name))['status'];
    return (seen as KubernetesObject | undefined)?.['phase'] === phase ? true : undefined;
  };
  await eventually(look, patience, () => `for ${phase}: ${JSON.stringify(seen)}`);
}

/** The image that the users get. */
async function live({ cluster }: Stage, name: string): Promise<string> {
  const primary = await cluster.get('deployment/rag-primary', name);
  return primary['spec'].template.spec.containers[0].image as string;
}

describe('the Canary of the kit', { concurrent: true, timeout: (patience + 30) * 1000 }, () => {
  test('promotes when both webhooks and Prometheus say pass, and asks about the artifact', async (context) => {
    const on = await onStage(context);
    await release({ on, name: 'passes', answer: (request) => (isRollback(request) ? goOn : open) });
    await reaches(on, 'passes', 'Succeeded');
    expect(await live(on, 'passes')).toBe(images.green);
    const requests = on.gates.requests('passes');
    const asked = new Set(requests.map(({ method, url }) => `${method} ${url}`));
    expect([...asked].sort()).toEqual([
      'POST /v1/flagger/acceptance',
      'POST /v1/flagger/rollback?gate=acceptance',
      'POST /v1/flagger/rollback?gate=watch',
    ]);
    for (const { body } of requests)
      expect(JSON.parse(body)).toMatchObject({ metadata: { arm: 'green', artifact } });
  });

  test.for([
    ['a 409', closed],
    ['a 204', { status: 204, body: '' }],
    ['a 503', { status: 503, body: '' }],
  ] as const)('does not promote on %s', async ([label, answer], context) => {
    const name = label.replace('a ', 'answered-');
    const on = await onStage(context);
    await release({ on, name, answer: (request) => (isRollback(request) ? goOn : answer) });
    await reaches(on, name, 'Failed');
    expect(await live(on, name)).toBe(images.blue);
  });

  test('waits where the verdict is gone before the promotion, and goes back at once when the rollback webhook says so', async (context) => {
    const on = await onStage(context);
    let rejected = false;
    let confirmed = 0;
    await release({
      on,
      name: 'withdrawn',
      answer: (request) => {
        if (isRollback(request)) return rejected && request.url.endsWith('gate=acceptance') ? open : goOn;
        confirmed += 1;
        return confirmed === 1 ? open : closed;
      },
    });
    await reaches(on, 'withdrawn', 'WaitingPromotion');
    expect(await live(on, 'withdrawn')).toBe(images.blue);
    rejected = true;
    await reaches(on, 'withdrawn', 'Failed');
    expect(await live(on, 'withdrawn')).toBe(images.blue);
  });

  test.for(['fail', 'no series', 'two series', 'stuck'] as const)(
    'does not promote where Prometheus has: %s',
    async (prometheus, context) => {
      const on = await onStage(context);
      const name = `prometheus-${prometheus.replace(' ', '-')}`;
      await release({ on, name, prometheus, answer: (request) => (isRollback(request) ? goOn : open) });
      await reaches(on, name, 'Failed');
      expect(await live(on, name)).toBe(images.blue);
    },
  );
});
