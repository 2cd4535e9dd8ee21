import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

export interface Prometheus {
  readonly query: (expr: string) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
    const answered = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answered?.ok === true) return;
  }
  throw new Error('prometheus was not ready in 30 s');
}

/** A Prometheus of its own that scrapes one target every second and evaluates the shipped rules. */
export async function startPrometheus(
  program: string,
  folder: string,
  { target, rules }: { target: number; rules: string },
): Promise<Prometheus> {
  await mkdir(folder, { recursive: true });
  const config = path.join(folder, 'prometheus.yml');
  const scrape = `- {job_name: flipgate, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{targets: ['127.0.0.1:${target}']}]}`;
  await writeFile(
    config,
    `global: {evaluation_interval: 1s}\nrule_files: [${JSON.stringify(rules)}]\nscrape_configs:\n${scrape}\n`,
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(program, [...flags, '--log.level=error'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  await ready(url, child).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const query = async (expr: string): Promise<Answer> => {
    const answered = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr }),
    });
    return (await answered.json()) as Answer;
  };
  return { query, close };
}
