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
    const items = (await cluster.get(kind, '--all-namespaces'))['items'] as readonly KubernetesObject[];
    for (const item of items) await makeReady(cluster, kind, item);
  };
  const rounds = (async () => {
    while (!stopped) {
      // An object that changes at the same time is seen again in the next round.
      await round().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    close: async () => {
      stopped = true;
      await rounds;
    },
  };
}

async function makeReady(cluster: Kubernetes, kind: keyof typeof counted, item: KubernetesObject): Promise<void> {
  const replicas = (item['spec'].replicas ?? 1) as number;
  const wanted: Record<string, number> = { observedGeneration: item['metadata'].generation as number };
  for (const field of counted[kind]) wanted[field] = replicas;
  if (Object.entries(wanted).every(([field, value]) => (item['status']?.[field] ?? 0) === value)) return;
  await cluster.patchStatus(item, wanted);
}
