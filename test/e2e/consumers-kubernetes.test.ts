import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { configJsonSchema } from '../../src/config/schema.ts';
import { configOf } from '../../src/config/load.ts';
import { artifactOf } from '../../src/scoring/artifact.ts';
import { inFolder } from '../support/cli.ts';
import { kitDocuments, kitText, kits, listOf } from '../support/consumers.ts';
import { startKubernetes, type Kubernetes, type KubernetesObject } from '../support/servers/kubernetes.ts';
import { once } from '../support/servers/process.ts';
import { requireServer, requireServers, type TestContext } from '../support/servers/programs.ts';

const needed = ['etcd', 'kubectl', 'kube-apiserver', 'argo-rollouts-crds', 'flagger-crd'] as const;
const run = promisify(execFile);

let cluster: ((() => Promise<Kubernetes>) & { close(): Promise<void> }) | undefined;
afterAll(() => cluster?.close());

async function onCluster(context: TestContext): Promise<Kubernetes> {
  const programs = await requireServers(context, ...needed);
  cluster ??= once(() =>
    startKubernetes(programs, [programs['argo-rollouts-crds'], programs['flagger-crd']]),
  );
  return cluster();
}

/** The Kubernetes kit as kustomize makes it. The definitions of the Prometheus Operator are not at hand. */
async function built(context: TestContext): Promise<readonly KubernetesObject[]> {
  const { stdout } = await run(await requireServer('kubectl', context), [
    'kustomize',
    path.join(kits, 'kubernetes'),
  ]);
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
}

const ofOperator = ({ apiVersion }: KubernetesObject): boolean => apiVersion === 'monitoring.coreos.com/v1';

/** Every pod that the kits make. */
async function pods(context: TestContext): Promise<readonly KubernetesObject[]> {
  const documents = await built(context);
  const spec = (kind: string): KubernetesObject =>
    documents.find((document) => document['kind'] === kind)?.['spec'] as KubernetesObject;
  const templates = await kitDocuments('argo-rollouts/analysis-templates.yaml');
  const metrics = templates.flatMap((template) => template['spec'].metrics as readonly KubernetesObject[]);
  const jobs = metrics.flatMap(({ provider }) =>
    provider.job === undefined ? [] : [provider.job.spec.template as KubernetesObject],
  );
  return [
    spec('Deployment')['template'],
    spec('CronJob')['jobTemplate'].spec.template,
    ...jobs,
  ] as readonly KubernetesObject[];
}

const podOf = ({ spec }: KubernetesObject, name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'rag' },
  spec,
});

describe('a real API server', () => {
  test('takes the Kubernetes kit, and its namespace every pod of the kits', async (context) => {
    const server = await onCluster(context);
    const documents = (await built(context)).filter((document) => !ofOperator(document));
    await server.apply(listOf(documents.filter(({ kind }) => kind === 'Namespace')));
    await server.apply(listOf(documents), 'rag');
    const kinds = documents.map(({ kind }) => kind as string).sort();
    expect(kinds).toEqual(
      [
        'ConfigMap',
        'CronJob',
        'Deployment',
        'Namespace',
        ...['', '', ''].map(() => 'NetworkPolicy'),
        'PersistentVolumeClaim',
      ].concat(['Service', 'ServiceAccount']),
    );
    const all = await pods(context);
    expect(all).toHaveLength(3);
    await server.apply(listOf(all.map((pod, index) => podOf(pod, `pod-${index}`))), 'rag');
    const careless = podOf(
      { spec: { containers: [{ name: 'x', image: 'registry.example/x:1' }] } },
      'careless',
    );
    await expect(server.apply(JSON.stringify(careless), 'rag')).rejects.toThrow(
      'violates PodSecurity "restricted',
    );
  });

  test.for([
    'argo-rollouts/analysis-templates.yaml',
    'argo-rollouts/rollout.yaml',
    'flagger/metric-template.yaml',
    'flagger/canary.yaml',
    'flagger/deployment.yaml',
  ])('takes %s as it is', async (file, context) => {
    const server = await onCluster(context);
    await server.apply(await kitText(file));
  });
});

describe('the Kubernetes kit', () => {
  test('keeps secrets out, names a version of every image, and tries nothing twice', async (context) => {
    const documents = await built(context);
    expect(documents.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    for (const { spec } of await pods(context)) {
      for (const { image, env, envFrom } of spec.containers as readonly KubernetesObject[]) {
        expect(image).toMatch(/:\d+\.\d+\.\d+$/u);
        const tokens = ((env ?? []) as readonly KubernetesObject[]).filter(({ name }) =>
          String(name).includes('TOKEN'),
        );
        expect(
          tokens.filter(
            ({ value, valueFrom }) => value !== undefined || valueFrom?.secretKeyRef === undefined,
          ),
        ).toEqual([]);
        expect(envFrom).toEqual([{ secretRef: { name: 'flipgate-arms' } }]);
      }
    }
    const cron = documents.find(({ kind }) => kind === 'CronJob')?.['spec'] as KubernetesObject;
    expect([cron['concurrencyPolicy'], cron['jobTemplate'].spec.backoffLimit]).toEqual(['Forbid', 0]);
    expect(cron['jobTemplate'].spec.template.spec.containers[0].args.slice(0, 3)).toEqual([
      'run',
      '--gate',
      'acceptance',
    ]);
  });

  // Structure only: no definition of the Prometheus Operator is at hand to check these against.
  test('scrapes the port of the Service, and makes a PrometheusRule of a rule file', async (context) => {
    const documents = await built(context);
    const monitor = documents.find(ofOperator) as KubernetesObject;
    const service = documents.find(({ kind }) => kind === 'Service') as KubernetesObject;
    expect(monitor['kind']).toBe('ServiceMonitor');
    expect(service['metadata'].labels).toMatchObject(monitor['spec'].selector.matchLabels as object);
    expect(service['spec'].ports.map(({ name }: KubernetesObject) => name)).toContain(
      monitor['spec'].endpoints[0].port,
    );
    const rules =
      '---\n# why\ngroups:\n  - name: g\n    rules:\n      - record: a\n        expr: |\n          b\n\n          or vector(-1)\n';
    await inFolder(async (folder) => {
      const file = path.join(folder, 'rules.yml');
      await writeFile(file, rules);
      const { stdout } = await run('sh', [path.join(kits, 'kubernetes/prometheus-rule.sh'), file]);
      expect(parse(stdout)).toMatchObject({ kind: 'PrometheusRule', spec: parse(rules) as object });
      await writeFile(file, '');
      await expect(run('sh', [path.join(kits, 'kubernetes/prometheus-rule.sh'), file])).rejects.toMatchObject(
        { code: 2, stdout: '' },
      );
    });
  });

  test.for(['kubernetes/flipgate.yaml', 'alertmanager-rollback/flipgate.yaml'])(
    '%s is a configuration',
    async (file) => {
      const { properties } = configJsonSchema() as { properties: object };
      const value = parse(await kitText(file), { strict: true }) as Record<string, unknown>;
      const known = Object.fromEntries(Object.entries(value).filter(([key]) => key in properties));
      const config = configOf(known, {
        workingDirectory: '/',
        environment: { ASK_TOKEN: 'secret-of-the-arms' },
      });
      expect(config.candidate).toBe('green');
      expect(
        Object.keys(value).filter((key) => !(key in properties) && !['serve', 'rollback'].includes(key)),
      ).toEqual([]);
    },
  );
});

test('the line that tells the artifact of a stack tells what flipgate makes of its versions', async (context) => {
  await requireServer('jq', context);
  const line = /^ *jq -cSj .*$/mu.exec(await kitText('argo-rollouts/README.md'))?.[0];
  const versions = {
    INDEX_HASH: '9ab2',
    EMBED_SCHEMA: 'v1 é "x"',
    RERANK_CONF: 'none',
    PROMPT_VER: '42',
    MODEL_VER: 'small',
    other: 'x',
  };
  await inFolder(async (folder) => {
    await writeFile(path.join(folder, 'versions.json'), JSON.stringify(versions, undefined, 2));
    const { stdout } = await run('sh', ['-c', line!], { cwd: folder });
    const { other: _, ...five } = versions;
    expect(stdout.trim()).toBe(artifactOf(five).sha256);
  });
});

test('every kit has a page, and the index links to each', async () => {
  const index = await readFile(path.join(kits, '../../docs/consumers/README.md'), 'utf8');
  for (const kit of await readdir(kits)) {
    await kitText(`${kit}/README.md`);
    expect(index).toContain(`(../../examples/consumers/${kit}/README.md)`);
  }
});
