import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { inFolder } from '../support/cli.ts';
import { kitText, kits, startGates, type GateRequest } from '../support/consumers.ts';
import { startAlertmanager } from '../support/servers/alertmanager.ts';
import { startKubernetes } from '../support/servers/kubernetes.ts';
import { eventually, once } from '../support/servers/process.ts';
import { requireServer, requireServers } from '../support/servers/programs.ts';

const run = promisify(execFile);
const gates = once(startGates);
afterAll(() => gates.close());

interface Sent {
  readonly version: string;
  readonly status: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Record<string, string>;
    readonly fingerprint: string;
  }[];
}

const sent = ({ body }: GateRequest): Sent => JSON.parse(body) as Sent;
const breach = { alertname: 'FlipgateBreach', action: 'rollback', arm: 'green' };

/** The kit's configuration, with this test's addresses in the places of the kit's. */
async function configuration(folder: string, url: string): Promise<string> {
  const token = path.join(folder, 'token');
  await writeFile(token, 'a-token-of-this-test\n');
  const text = (await kitText('alertmanager-rollback/alertmanager.yml'))
    .replace('http://flipgate.rag.svc:9464', url)
    .replace('/etc/alertmanager/flipgate-token', token);
  expect(text).toContain(token);
  return text;
}

test('amtool takes the configuration', async (context) => {
  const amtool = await requireServer('amtool', context);
  await inFolder(async (folder) => {
    const file = path.join(folder, 'alertmanager.yml');
    await writeFile(file, await configuration(folder, 'http://127.0.0.1:1'));
    expect((await run(amtool, ['check-config', file])).stdout).toContain('SUCCESS');
    const routes = async (...labels: string[]): Promise<string> =>
      (await run(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...labels])).stdout.trim();
    expect(await routes('alertname=FlipgateBreach', 'action=rollback')).toBe('flipgate-rollback,people');
    expect(await routes('alertname=FlipgateBlind', 'action=rollback')).toBe('flipgate-rollback,people');
    expect(await routes('alertname=FlipgateBreach')).toBe('people');
    expect(await routes('alertname=Other', 'action=rollback')).toBe('people');
  });
});

describe('a real Alertmanager', () => {
  test('calls with the token within seconds of the alert, again after a 503, and never about what is resolved', async (context) => {
    const alertmanager = await requireServer('alertmanager', context);
    await inFolder(async (folder) => {
      const server = await gates();
      server.answers.set('alerts', () => ({
        status: server.requests('alerts').length < 2 ? 503 : 200,
        body: '{}',
      }));
      const started = await startAlertmanager(
        alertmanager,
        await configuration(folder, server.base('alerts')),
      );
      try {
        const at = performance.now();
        await started.fire(
          { labels: { alertname: 'FlipgateBreach', arm: 'green' } },
          { labels: { alertname: 'Other', action: 'rollback' } },
        );
        await started.fire({ labels: breach });
        await eventually(async () => (server.requests('alerts').length >= 2 ? true : undefined), 30);
        expect((performance.now() - at) / 1000).toBeLessThan(15);
        const before = server.requests('alerts').length;
        // Resolved, and another alert of the same group after it: the next call tells of the one that fires.
        await started.fire(
          { labels: breach, endsAt: new Date().toISOString() },
          { labels: { ...breach, instance: 'other' } },
        );
        await eventually(async () => (server.requests('alerts').length > before ? true : undefined), 40);
      } finally {
        await started.close();
      }
      const requests = server.requests('alerts');
      expect(
        new Set(requests.map(({ method, url, authorization }) => `${method} ${url} ${authorization}`)),
      ).toEqual(new Set(['POST /v1/alertmanager Bearer a-token-of-this-test']));
      const alerts = requests
        .map(sent)
        .flatMap(({ version, status, alerts: all }) =>
          all.map((alert) => ({ ...alert, version, whole: status })),
        );
      expect(
        new Set(
          alerts.map(({ version, whole, status, labels }) =>
            [version, whole, status, labels['alertname'], labels['action']].join(' '),
          ),
        ),
      ).toEqual(new Set(['4 firing firing FlipgateBreach rollback']));
      expect(alerts.every(({ fingerprint }) => /^[0-9a-f]{16}$/u.test(fingerprint))).toBe(true);
    });
  });
});

test('the programs move a Service from Green to Blue, and tell truly where it is', async (context) => {
  const programs = await requireServers(context, 'etcd', 'kubectl', 'kube-apiserver');
  const cluster = await startKubernetes(programs);
  try {
    const env = {
      PATH: `${path.dirname(programs.kubectl)}:${process.env['PATH'] ?? ''}`,
      KUBECONFIG: cluster.kubeconfig,
      HOME: path.dirname(cluster.kubeconfig),
    };
    const code = async (script: string, name: string): Promise<number> =>
      run('sh', [path.join(kits, 'alertmanager-rollback', script), 'default', name], { env }).then(
        () => 0,
        (error: unknown) => (error as { code: number }).code,
      );
    const service = (name: string, color?: string): object => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: 'rag', ...(color === undefined ? {} : { color }) }, ports: [{ port: 80 }] },
    });
    for (const one of [service('rag', 'green'), service('purple', 'purple'), service('none')])
      await cluster.apply(JSON.stringify(one));
    expect(await code('is-blue.sh', 'rag')).toBe(1);
    expect(await code('to-blue.sh', 'rag')).toBe(0);
    expect(await code('is-blue.sh', 'rag')).toBe(0);
    expect((await cluster.get('service/rag'))['spec'].selector).toEqual({ app: 'rag', color: 'blue' });
    for (const name of ['purple', 'none', 'missing']) {
      expect(await code('to-blue.sh', name)).not.toBe(0);
      expect(await code('is-blue.sh', name)).not.toBe(0);
    }
    await cluster.close();
    expect(await code('is-blue.sh', 'rag')).not.toBe(0);
  } finally {
    await cluster.close();
  }
});
