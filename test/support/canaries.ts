import { setTimeout as pause } from 'node:timers/promises';
import { kitDocuments, listOf } from './consumers.ts';
import { askApi } from './servers/kubernetes-api.ts';
import type { Kubernetes, KubernetesObject } from './servers/kubernetes.ts';
import { eventually } from './servers/process.ts';

/** Whom a Canary of the kit asks, and about what. */
export interface CanaryOf {
  /** The base URL of the gates; without one the Canary has no webhooks, and goes by its metric alone. */
  readonly gates?: string;
  readonly prometheus: string;
  readonly artifact: string;
  /** How many checks may fail; 2 by default. */
  readonly threshold?: number;
}

export const images = { blue: 'registry.example/rag:1.0.0', green: 'registry.example/rag:2.0.0' } as const;
const ended = ['Succeeded', 'Failed'];
/** Flagger takes none that is shorter than 10 s, and looks at once where it changed. */
const intervals = ['10s', '11s'] as const;
const nudgeMilliseconds = 2500;
/** A look costs the API server some twenty requests. */
const perCanaryMilliseconds = 150;
/** It takes a tenth of that on a machine with nothing else to do. */
const patienceSeconds = 180;

/** The three objects of the kit in a namespace: one check has to hold. */
export async function canaryObjects({
  gates,
  prometheus,
  artifact,
  threshold = 2,
}: CanaryOf): Promise<Record<'deployment' | 'rest', KubernetesObject[]>> {
  const [template] = structuredClone(await kitDocuments('flagger/metric-template.yaml'));
  const [canary] = structuredClone(await kitDocuments('flagger/canary.yaml'));
  const [deployment] = structuredClone(await kitDocuments('flagger/deployment.yaml'));
  template!['spec'].provider.address = prometheus;
  const analysis = canary!['spec'].analysis as KubernetesObject;
  Object.assign(analysis, { interval: intervals[0], iterations: 1, threshold });
  for (const hook of analysis['webhooks'] as KubernetesObject[]) {
    const { pathname, search } = new URL(hook['url'] as string);
    Object.assign(hook, {
      url: `${gates ?? ''}${pathname}${search}`,
      metadata: { ...hook['metadata'], artifact },
    });
  }
  if (gates === undefined) delete analysis['webhooks'];
  return { deployment: [deployment!], rest: [template!, canary!] };
}

/** The Deployment with another image, as a release applies it: Flagger scales it itself. */
export function released(deployment: KubernetesObject): KubernetesObject {
  const changed = structuredClone(deployment);
  changed['spec'].template.spec.containers[0].image = images.green;
  delete changed['spec'].replicas;
  return changed;
}

/** How a release ended. */
export interface CanaryEnd {
  readonly phase: string;
  /** What the users get. */
  readonly image: string;
  /** Whether the rollback webhook ended it. */
  readonly rejected: boolean;
}

/** A Flagger: its cluster, and what it wrote. */
export interface Switch {
  readonly cluster: Kubernetes;
  readonly logs: () => string;
}

/** Installs the kit once a namespace, releases a second revision everywhere, and waits until Flagger has decided about each. */
export async function releaseAll(
  { cluster, logs }: Switch,
  canaries: Readonly<Record<string, CanaryOf>>,
): Promise<ReadonlyMap<string, CanaryEnd>> {
  const names = Object.keys(canaries);
  const spaces = names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  await apply(cluster, spaces);
  const objects = new Map<string, Awaited<ReturnType<typeof canaryObjects>>>();
  for (const [name, canary] of Object.entries(canaries)) objects.set(name, await canaryObjects(canary));
  const within = (name: string, items: readonly KubernetesObject[]): readonly KubernetesObject[] =>
    items.map((item) => ({ ...item, metadata: { ...item['metadata'], namespace: name } }));
  const all = [...objects];
  await apply(
    cluster,
    all.flatMap(([name, { deployment, rest }]) => within(name, [...deployment, ...rest])),
  );
  await reached(cluster, names, ['Initialized']);
  await apply(
    cluster,
    all.flatMap(([name, { deployment }]) => within(name, deployment.map(released))),
  );
  const phases = await reached(cluster, names, ended);
  return new Map(
    await Promise.all(
      names.map(
        async (name) => [name, await endOf({ cluster, logs }, name, phases.get(name) ?? '')] as const,
      ),
    ),
  );
}

/** Objects that name their own namespaces. */
async function apply(cluster: Kubernetes, items: readonly KubernetesObject[]): Promise<void> {
  await cluster.kubectl(
    ['apply', '--server-side', '--force-conflicts', '--validate=true', '-f', '-'],
    listOf(items),
  );
}

type Phases = ReadonlyMap<string, string>;

/** Makes Flagger look at every Canary that has not ended every 2.5 s, or 5 s where there are many: else it looks every 10 s. `close` stops it. */
export function hurryFlagger(cluster: Kubernetes): { close(): Promise<void> } {
  const stop = new AbortController();
  const rounds = (async () => {
    while (!stop.signal.aborted) {
      // What Flagger changes at the same time is seen again in the next round.
      const open = await hurryOnce(cluster).catch(() => 0);
      await pause(Math.max(nudgeMilliseconds, open * perCanaryMilliseconds), undefined, {
        signal: stop.signal,
      }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stop.abort();
      await rounds;
    },
  };
}

const api = '/apis/flagger.app/v1beta1';
const portOf = ({ url }: Kubernetes): number => Number(new URL(url).port);

/** Gives how many there are. */
async function hurryOnce(cluster: Kubernetes): Promise<number> {
  const port = portOf(cluster);
  const open = (await allCanaries(cluster)).filter(({ status }) => !ended.includes(String(status?.phase)));
  const nudges = open.map(({ metadata, spec }) => {
    const interval = spec.analysis.interval === intervals[0] ? intervals[1] : intervals[0];
    const path = `${api}/namespaces/${metadata.namespace as string}/canaries/${metadata.name as string}`;
    return askApi({ port, path, method: 'PATCH', body: { spec: { analysis: { interval } } } });
  });
  return (await Promise.all(nudges)).length;
}

async function allCanaries(cluster: Kubernetes): Promise<readonly KubernetesObject[]> {
  const { text } = await askApi({ port: portOf(cluster), path: `${api}/canaries` });
  return (JSON.parse(text) as { items: readonly KubernetesObject[] }).items;
}

/** Waits until every Canary is in one of some phases. */
async function reached(
  cluster: Kubernetes,
  names: readonly string[],
  phases: readonly string[],
): Promise<Phases> {
  let found: Phases = new Map();
  const look = async (): Promise<Phases | undefined> => {
    const canaries = await allCanaries(cluster);
    found = new Map(
      canaries.map(({ metadata, status }) => [metadata.namespace as string, String(status?.phase)]),
    );
    if (names.every((name) => phases.includes(found.get(name) ?? ''))) return found;
    await pause(500);
    return undefined;
  };
  return eventually(
    look,
    patienceSeconds,
    () => `for ${phases.join(' or ')}: ${JSON.stringify(Object.fromEntries(found))}`,
  );
}

async function endOf({ cluster, logs }: Switch, name: string, phase: string): Promise<CanaryEnd> {
  const primary = await cluster.get('deployment/rag-primary', name);
  // Flagger writes why before it changes the phase; events of many Canaries come late or not at all.
  if (phase === 'Failed')
    await eventually(
      async () => logs().includes(`Canary failed! Scaling down rag.${name}"`) || undefined,
      10,
    );
  return {
    phase,
    image: primary['spec'].template.spec.containers[0].image as string,
    rejected: logs().includes(`Rolling back rag.${name} manual webhook invoked`),
  };
}
