import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { administrator, askApi } from './kubernetes-api.ts';
import { answers, eventually, freePort, serverFolder, startProgram, type RunningServer } from './process.ts';

export interface KubernetesPrograms {
  readonly etcd: string;
  readonly 'kube-apiserver': string;
  readonly kubectl: string;
}

/** Any object of the API, as far as tests read it. */
export type KubernetesObject = Record<string, any>;

export interface Kubernetes {
  readonly url: string;
  /** A file for programs that talk to the server, as its administrator. */
  readonly kubeconfig: string;
  readonly logs: () => string;
  /** Runs kubectl and gives what it prints; its message is the error where it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Applies manifests (YAML or JSON) as the server's own field manager does it, checked strictly. */
  apply(manifests: string, namespace?: string): Promise<string>;
  /** One object or a list, as `kubectl get` names it: `get('rollout/rag', 'default')`; the namespace may be `--all-namespaces`. */
  get(what: string, namespace?: string): Promise<KubernetesObject>;
  /** Merges into the status of an object that was read before. */
  patchStatus(object: KubernetesObject, status: object): Promise<void>;
  close(): Promise<void>;
}

/** Starts etcd and an API server of its own, with definitions of further kinds (files) in place. There is no kubelet and no controller. */
export async function startKubernetes(
  programs: KubernetesPrograms,
  definitions: readonly string[] = [],
): Promise<Kubernetes> {
  const etcd = await startEtcd(programs.etcd);
  let server: RunningServer | undefined;
  try {
    const port = await freePort();
    const url = `https://127.0.0.1:${port}`;
    server = await startApiServer(programs['kube-apiserver'], { port, etcd: etcd.url });
    const cluster = await clusterOf(programs.kubectl, { url, etcd, server });
    for (const file of definitions) await cluster.apply(documents(await readFile(file, 'utf8')));
    await eventually(async () => ((await areServed(cluster)) ? true : undefined), 30);
    return cluster;
  } catch (error) {
    await server?.close();
    await etcd.close();
    throw error;
  }
}

/** A file of definitions may have them one after the other, with no line between. */
function documents(text: string): string {
  return text.replaceAll(/^apiVersion:/gmu, '---\n$&');
}

/** An established definition is served a moment later, and kubectl finds it a moment after that. */
async function areServed(cluster: Kubernetes): Promise<boolean> {
  const kinds = (await cluster.get('customresourcedefinitions'))['items'] as readonly KubernetesObject[];
  const served = kinds.map(({ metadata }) =>
    cluster.kubectl(['get', metadata.name as string]).then(() => true),
  );
  return (await Promise.all(served.map((one) => one.catch(() => false)))).every(Boolean);
}

async function startEtcd(binary: string): Promise<RunningServer & { readonly url: string }> {
  const folder = await serverFolder('etcd');
  const [url, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const args = [
    '--name=test',
    `--data-dir=${path.join(folder, 'data')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=test=${peers}`,
    '--unsafe-no-fsync',
  ];
  const server = await startProgram({
    name: 'etcd',
    binary,
    args,
    folder,
    ready: () => answers(`${url}/health`),
  });
  return { ...server, url };
}

async function startApiServer(
  binary: string,
  { port, etcd }: { port: number; etcd: string },
): Promise<RunningServer> {
  const folder = await serverFolder('apiserver');
  await promisify(execFile)('openssl', ['genrsa', '-out', path.join(folder, 'sa.key'), '2048']);
  await writeFile(path.join(folder, 'tokens.csv'), `${administrator},admin,1,system:masters\n`);
  const args = [
    `--etcd-servers=${etcd}`,
    '--service-account-key-file=sa.key',
    '--service-account-signing-key-file=sa.key',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--cert-dir=certs',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
  ];
  return startProgram({ name: 'kube-apiserver', binary, args, folder, ready: () => isReady(port) });
}

async function isReady(port: number): Promise<boolean> {
  const { status } = await askApi({ port, path: '/readyz' }).catch(() => ({ status: 0 }));
  return status === 200;
}

interface Started {
  readonly url: string;
  readonly etcd: RunningServer;
  readonly server: RunningServer;
}

async function clusterOf(binary: string, { url, etcd, server }: Started): Promise<Kubernetes> {
  const kubeconfig = path.join(server.folder, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(url)));
  const kubectl = (args: readonly string[], input = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const env = { PATH: process.env['PATH'] ?? '', HOME: server.folder };
      const child = execFile(
        binary,
        ['--kubeconfig', kubeconfig, ...args],
        { env, maxBuffer: 1 << 26 },
        (error, stdout, stderr) =>
          error === null ? resolve(stdout) : reject(new Error(`kubectl ${args.join(' ')}: ${stderr}`)),
      );
      child.stdin?.end(input);
    });
  const cluster: Kubernetes = {
    url,
    kubeconfig,
    logs: server.logs,
    kubectl,
    apply: (manifests, namespace = 'default') =>
      kubectl(
        [
          'apply',
          '--server-side',
          '--force-conflicts',
          '--validate=true',
          '--namespace',
          namespace,
          '-f',
          '-',
        ],
        manifests,
      ),
    get: async (what, namespace = 'default') =>
      JSON.parse(
        await kubectl([
          'get',
          namespace.startsWith('--') ? namespace : `--namespace=${namespace}`,
          '-o',
          'json',
          what,
        ]),
      ) as KubernetesObject,
    patchStatus: async ({ apiVersion, kind, metadata }, status) => {
      const group = `${String(apiVersion).includes('/') ? '/apis' : '/api'}/${apiVersion as string}`;
      const object = `namespaces/${metadata.namespace as string}/${String(kind).toLowerCase()}s/${metadata.name as string}`;
      const place = `${group}/${object}/status`;
      const answer = await askApi({
        port: Number(new URL(url).port),
        path: place,
        method: 'PATCH',
        body: { status },
      });
      if (answer.status !== 200) throw new Error(`${place}: ${answer.status} ${answer.text}`);
    },
    close: async () => {
      await server.close();
      await etcd.close();
    },
  };
  // Ready comes a moment before the namespace that everything goes to by default.
  await eventually(() => cluster.get('namespace/default').catch(() => undefined), 30);
  return cluster;
}

function kubeconfigOf(url: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: administrator } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
}
