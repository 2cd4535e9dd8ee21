import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { inFolder } from '../support/cli.ts';
import { startAlertmanager } from '../support/servers/alertmanager.ts';
import { eventually, serverFolder, startProgram } from '../support/servers/process.ts';
import { requireServer, requireServers } from '../support/servers/programs.ts';
import { startPrometheus } from '../support/servers/prometheus.ts';
import { startPushgateway } from '../support/servers/pushgateway.ts';

class Skipped extends Error {}

/** A test that is not this one. */
function otherTest(): { task: { meta: { missing?: string } }; skip: (note?: string) => never } {
  return {
    task: { meta: {} },
    skip: (note) => {
      throw new Skipped(note);
    },
  };
}

afterEach(() => vi.unstubAllEnvs());

describe('what a test needs and is not there', () => {
  test('is said where a folder of built servers lacks it, also in CI', async () => {
    for (const ci of ['', 'true']) {
      vi.stubEnv('CI', ci === '' ? undefined : ci);
      vi.stubEnv('FLIPGATE_TEST_BIN', '/nowhere');
      const other = otherTest();
      await expect(requireServer('flagger', other)).rejects.toThrow(
        new Skipped('flagger is not here: /nowhere/flagger.xz (FLIPGATE_TEST_BIN names another folder)'),
      );
      expect(other.task.meta.missing).toBe('flagger: /nowhere/flagger.xz');
    }
  });

  test('is said for a package, and an error in CI', async () => {
    vi.stubEnv('PATH', '/nowhere');
    vi.stubEnv('CI', undefined);
    await expect(requireServer('alertmanager', otherTest())).rejects.toBeInstanceOf(Skipped);
    vi.stubEnv('CI', 'true');
    const refused = requireServer('alertmanager', otherTest());
    await expect(refused).rejects.toThrow(
      'prometheus-alertmanager is not installed: scripts/install-test-servers.sh installs it',
    );
    await expect(refused).rejects.not.toBeInstanceOf(Skipped);
  });
});

test('a program that does not start is an error with what it wrote, and leaves nothing behind', async () => {
  const folder = await serverFolder('broken');
  const program = {
    name: 'broken',
    binary: 'sh',
    args: ['-c', 'echo no such flag >&2; exit 3'],
    folder,
    ready: async () => false,
  };
  await expect(startProgram(program)).rejects.toThrow(/broken did not start[^]*no such flag\nended with 3/u);
});

const rules = `groups:
- name: g
  rules:
  - {record: doubled, expr: thing * 2}
  - {alert: Thing, expr: doubled > 5}
`;

test.for(['prometheus', 'prometheus-3'] as const)(
  '%s scrapes a Pushgateway, evaluates rules and alerts an Alertmanager',
  async (name, context) => {
    const programs = await requireServers(context, name, 'alertmanager', 'pushgateway');
    await inFolder(async (folder) => {
      const ruleFile = path.join(folder, 'rules.yml');
      await writeFile(ruleFile, rules);
      const alertmanager = await startAlertmanager(
        programs.alertmanager,
        'route: {receiver: none}\nreceivers: [{name: none}]',
      );
      const pushgateway = await startPushgateway(programs.pushgateway);
      const prometheus = await startPrometheus(programs[name], {
        ruleFiles: [ruleFile],
        scrape: { pushed: [`${pushgateway.url}/metrics`] },
        alertmanagers: [alertmanager.url],
        interval: '200ms',
      });
      try {
        await fetch(`${pushgateway.url}/metrics/job/x`, { method: 'PUT', body: 'thing 3\n' });
        const names = await eventually(async () => {
          const found = await alertmanager.active();
          return found.length > 0 ? found : undefined;
        }, 30);
        expect(names).toEqual(['Thing']);
        const [doubled] = await prometheus.query('doubled');
        expect(doubled?.value[1]).toBe('6');
        await prometheus.reload();
      } finally {
        for (const server of [prometheus, pushgateway, alertmanager]) await server.close();
      }
    });
  },
);
