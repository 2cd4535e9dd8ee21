import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { json, jsonLines, until } from '../support/cli.ts';
import { startExporter } from '../support/conformance/exporters.ts';
import { healthyStore, writeWatch } from '../support/conformance/store.ts';
import { startAlertmanager } from '../support/servers/alertmanager.ts';
import { requireServers } from '../support/servers/programs.ts';
import { startPrometheus } from '../support/servers/prometheus.ts';

const grafana = fileURLToPath(new URL('../../grafana/', import.meta.url));
const token = 'a-token-of-the-alert-path';
/** Scrape, evaluation and the delivery at their slowest with the shipped configuration, and the two programs. */
const budgetSeconds = 15;

test(
  'a stored fail of the watch rolls back through Prometheus and Alertmanager as shipped',
  { timeout: 120_000 },
  async (context) => {
    const programs = await requireServers(context, 'prometheus', 'alertmanager');
    const store = await healthyStore();
    const servers: { close(): Promise<void> }[] = [store];
    try {
      const folder = await store.copy();
      await configureRollback(folder);
      await writeWatch(folder, 'pass');
      const exporter = await startExporter(folder);
      servers.unshift(exporter);
      const alertmanager = await startAlertmanager(
        programs.alertmanager,
        await routeTo(exporter.url, folder),
      );
      servers.unshift(alertmanager);
      const prometheus = await startPrometheus(programs.prometheus, {
        scrape: { flipgate: [`${exporter.url}/metrics`] },
        ruleFiles: [path.join(grafana, 'prometheus/flipgate.rules.yml')],
        alertmanagers: [alertmanager.url],
        interval: '5s',
      });
      servers.unshift(prometheus);
      await until(async () => (await prometheus.query('flipgate:gate_decision:watch'))[0]?.value[1] === '1');
      const seconds = await timeToRollback(folder);
      context.task.meta.seconds = seconds;
      expect(seconds).toBeLessThan(budgetSeconds);
      const [, entry] = await jsonLines(path.join(folder, 'reports/rollbacks/history.jsonl'));
      expect(entry).toMatchObject({ trigger: 'alertmanager', outcome: 'done' });
      expect(await readFile(path.join(folder, 'calls'), 'utf8')).toBe('rolled back\n');
    } finally {
      for (const server of servers) await server.close();
    }
  },
);

declare module 'vitest' {
  interface TaskMeta {
    /** From the stored verdict to the end of the rollback. */
    seconds?: number;
  }
}

async function timeToRollback(folder: string): Promise<number> {
  const started = performance.now();
  await writeWatch(folder, 'fail');
  await until(async () =>
    readFile(path.join(folder, 'reports/rollbacks/history.jsonl'), 'utf8').then(
      (text) => text.includes('"event":"ended"') && text.endsWith('\n'),
      () => false,
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`from a stored fail to the end of the rollback: ${seconds.toFixed(1)} s\n`);
  return seconds;
}

async function configureRollback(folder: string): Promise<void> {
  const file = path.join(folder, 'flipgate.yaml');
  const rollback = {
    command: ['sh', '-c', 'echo rolled back >> calls'],
    verify: { command: ['test', '-e', 'calls'] },
  };
  await writeFile(file, JSON.stringify({ ...(await json(file)), serve: { token }, rollback }));
}

/** The shipped configuration with this test's addresses. */
async function routeTo(exporter: string, folder: string): Promise<string> {
  const file = path.join(folder, 'token');
  await writeFile(file, token);
  const text = await readFile(path.join(grafana, 'alertmanager/alertmanager.yml'), 'utf8');
  expect(parse(text)).toBeDefined();
  return text
    .replace('http://127.0.0.1:9464', exporter)
    .replace(/credentials_file: .*/u, `credentials_file: ${file}`);
}
