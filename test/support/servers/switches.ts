import type { Kubernetes } from './kubernetes.ts';
import { answers, freePort, serverFolder, startProgram, type RunningServer } from './process.ts';

/** Starts the controller of Argo Rollouts on a cluster that has its definitions. */
export async function startArgoRollouts(binary: string, cluster: Kubernetes): Promise<RunningServer> {
  const folder = await serverFolder('argo-rollouts');
  const [metrics, health] = [await freePort(), await freePort()];
  const args = [
    `--kubeconfig=${cluster.kubeconfig}`,
    '--namespace=argo-rollouts',
    '--leader-elect=false',
    `--metricsport=${metrics}`,
    `--healthzPort=${health}`,
  ];
  return startProgram({
    name: 'argo-rollouts',
    binary,
    args,
    folder,
    ready: () => answers(`http://127.0.0.1:${health}/healthz`),
  });
}

/** Starts Flagger with the provider `kubernetes`; `metricsServer` is the URL of a Prometheus that it asks at its start. */
export async function startFlagger(
  binary: string,
  cluster: Kubernetes,
  metricsServer: string,
): Promise<RunningServer> {
  const folder = await serverFolder('flagger');
  const port = await freePort();
  const args = [
    `-kubeconfig=${cluster.kubeconfig}`,
    '-mesh-provider=kubernetes',
    `-metrics-server=${metricsServer}`,
    `-port=${port}`,
    '-log-level=info',
    // A Canary that is new or changed is looked at within this time, not within 10 s.
    '-control-loop-interval=500ms',
    // Many Canaries at once are not to wait for their turn.
    '-kubeconfig-qps=1000',
    '-kubeconfig-burst=1000',
    '-threadiness=4',
  ];
  const ready = (): Promise<boolean> => answers(`http://127.0.0.1:${port}/healthz`);
  return startProgram({ name: 'flagger', binary, args, folder, keptCharacters: 10_000_000, ready });
}
