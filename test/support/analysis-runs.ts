import { kitDocuments, listOf } from './consumers.ts';
import { eventually } from './servers/process.ts';
import type { Kubernetes, KubernetesObject } from './servers/kubernetes.ts';

const ended = ['Successful', 'Failed', 'Inconclusive', 'Error'];

/** An AnalysisRun of a template of the kit, as `kubectl argo rollouts create analysisrun --from` makes one. */
export async function analysisRun(
  template: string,
  values: Readonly<Record<string, string>>,
): Promise<KubernetesObject> {
  const documents = await kitDocuments('argo-rollouts/analysis-templates.yaml');
  const spec = structuredClone(
    documents.find(({ metadata }) => metadata.name === template)?.['spec'],
  ) as KubernetesObject;
  const known = (spec['args'] ?? []) as readonly { name: string; value?: string }[];
  const strange = Object.keys(values).filter((name) => !known.some((arg) => arg.name === name));
  if (strange.length > 0) throw new Error(`${template} has no argument ${strange.join(', ')}`);
  const args = known.map((arg) => ({
    ...arg,
    ...(values[arg.name] === undefined ? {} : { value: values[arg.name] }),
  }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { generateName: 'run-' },
    spec: { ...spec, args },
  };
}

/** Runs analyses side by side to their ends, and gives each one's status by name. */
export async function analyse(
  cluster: Kubernetes,
  runs: Readonly<Record<string, KubernetesObject>>,
  namespace: string,
): Promise<Readonly<Record<string, KubernetesObject>>> {
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.apply(
    listOf(Object.entries(runs).map(([name, run]) => ({ ...run, metadata: { name } }))),
    namespace,
  );
  return eventually(async () => {
    const items = (await cluster.get('analysisruns', namespace))['items'] as readonly KubernetesObject[];
    const open = items.filter(({ status }) => !ended.includes(status?.phase as string));
    if (open.length > 0) return undefined;
    return Object.fromEntries(
      items.map(({ metadata, status }) => [metadata.name as string, status as KubernetesObject]),
    );
  }, 60);
}

/** The phases of many. */
export function phases(
  statuses: Readonly<Record<string, KubernetesObject>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(statuses).map(([name, status]) => [name, status['phase'] as string]),
  );
}
