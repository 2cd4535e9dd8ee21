import { askApi } from './kubernetes-api.ts';
import type { Kubernetes, KubernetesObject } from './kubernetes.ts';

const counted = {
  replicasets: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  deployments: ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'],
} as const;

/**
 * Stands in for the kubelet and the controllers that are not there: says of every object of a kind, in every namespace, that all the replicas
 * that it is to have are ready. `close` stops it.
 */
export function keepReady(cluster: Kubernetes, kind: keyof typeof counted): { close(): Promise<void> } {
  let stopped = false;
  const round = async (): Promise<void> => {
    const { text } = await askApi({ port: Number(new URL(cluster.url).port), path: `/apis/apps/v1/${kind}` });
    const { items } = JSON.parse(text) as { items: readonly KubernetesObject[] };
    await Promise.all(items.map((item) => makeReady(cluster, kind, item)));
  };
  const rounds = (async () => {
    while (!stopped) {
      // An object that changes at the same time is seen again in the next round.
      await round().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    close: async () => {
      stopped = true;
      await rounds;
    },
  };
}

async function makeReady(
  cluster: Kubernetes,
  kind: keyof typeof counted,
  item: KubernetesObject,
): Promise<void> {
  const replicas = (item['spec'].replicas ?? 1) as number;
  const wanted: Record<string, number> = { observedGeneration: item['metadata'].generation as number };
  for (const field of counted[kind]) wanted[field] = replicas;
  if (Object.entries(wanted).every(([field, value]) => (item['status']?.[field] ?? 0) === value)) return;
  // A list does not repeat what its items are.
  await cluster.patchStatus({ ...item, apiVersion: 'apps/v1', kind: kind.slice(0, -1) }, wanted);
}
