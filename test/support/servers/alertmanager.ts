import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answers, freePort, serverFolder, startProgram, type RunningServer } from './process.ts';

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

export interface Alertmanager extends RunningServer {
  readonly url: string;
  /** Hands alerts in, as Prometheus does. */
  fire(...alerts: readonly Alert[]): Promise<void>;
  /** The names of the alerts that are active. */
  active(): Promise<readonly string[]>;
}

/** Starts an Alertmanager with the text of a configuration file. */
export async function startAlertmanager(binary: string, configuration: string): Promise<Alertmanager> {
  const folder = await serverFolder('alertmanager');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(folder, 'alertmanager.yml');
  await writeFile(file, configuration);
  const args = [
    `--config.file=${file}`,
    `--storage.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  const server = await startProgram({
    name: 'alertmanager',
    binary,
    args,
    folder,
    ready: () => answers(`${url}/-/ready`),
  });
  return { ...server, url, fire: (...alerts) => fire(url, alerts), active: () => active(url) };
}

async function fire(url: string, alerts: readonly Alert[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers,
    body: JSON.stringify(alerts),
  });
  if (!response.ok)
    throw new Error(`alertmanager took no alert: ${response.status} ${await response.text()}`);
}

async function active(url: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/api/v2/alerts`);
  const alerts = (await response.json()) as readonly Alert[];
  return alerts.map(({ labels }) => labels['alertname'] ?? '');
}
