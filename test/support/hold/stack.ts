import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startExporter } from '../conformance/exporters.ts';
import { startAlertmanager } from '../servers/alertmanager.ts';
import { eventually } from '../servers/process.ts';
import { startPrometheus, type Prometheus, type PrometheusOptions } from '../servers/prometheus.ts';
import { startPaged, type Paged } from './paged.ts';
import { openSite, token, type Site } from './site.ts';

const grafana = fileURLToPath(new URL('../../../grafana/', import.meta.url));
const rules = path.join(grafana, 'prometheus/flipgate.rules.yml');
/** Everything here takes seconds; a busy machine may take its time. */
const patienceSeconds = 150;

export interface StackPrograms {
  readonly nginx: string;
  readonly prometheus: string;
  readonly alertmanager: string;
}

/** A site with everything that is to look after it as it ships: `flipgate serve`, Prometheus with the rules, Alertmanager with its routes. */
export interface Stack {
  readonly site: Site;
  readonly prometheus: Prometheus;
  readonly paged: Paged;
  /** A second Prometheus on the same exporter and Alertmanager, with more to scrape. */
  further(more: Pick<PrometheusOptions, 'scrape' | 'history'>): Promise<Prometheus>;
  close(): Promise<void>;
}

export async function startStack(programs: StackPrograms): Promise<Stack> {
  const opened: { close(): Promise<void> }[] = [];
  const keep = async <Server extends { close(): Promise<void> }>(
    starting: Promise<Server>,
  ): Promise<Server> => {
    const server = await starting;
    opened.unshift(server);
    return server;
  };
  const close = async (): Promise<void> => {
    for (const server of opened) await server.close();
  };
  try {
    const site = await keep(openSite(programs.nginx));
    const paged = await keep(startPaged());
    const exporter = await keep(startExporter(site.folder));
    const routes = await routesTo(exporter.url, site.folder, paged.url);
    const alertmanager = await keep(startAlertmanager(programs.alertmanager, routes));
    const further: Stack['further'] = ({ scrape = {}, history }) =>
      keep(
        startPrometheus(programs.prometheus, {
          scrape: { flipgate: [`${exporter.url}/metrics`], ...scrape },
          ruleFiles: [rules],
          alertmanagers: [alertmanager.url],
          ...(history === undefined ? {} : { history }),
        }),
      );
    return { site, paged, prometheus: await further({}), further, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The routes that ship, with this stack's addresses, and the example of the receiver `people` taken at its word. */
async function routesTo(exporter: string, folder: string, people: string): Promise<string> {
  const file = path.join(folder, 'token');
  await writeFile(file, token);
  const text = await readFile(path.join(grafana, 'alertmanager/alertmanager.yml'), 'utf8');
  return text
    .replace('http://127.0.0.1:9464', exporter)
    .replace(/credentials_file: .*/u, `credentials_file: ${file}`)
    .replace(
      /# webhook_configs:\n {4}# {3}- url: .*page-somebody/u,
      `webhook_configs:\n      - url: ${people}`,
    );
}

/** Waits until an expression is one series of a value. */
export async function reaches({ query, logs }: Prometheus, expression: string, value: number): Promise<void> {
  let found: readonly unknown[] = [];
  await eventually(
    async () => {
      const samples = await query(expression);
      found = samples.map((sample) => sample.value[1]);
      return samples.length === 1 && Number(samples[0]?.value[1]) === value ? true : undefined;
    },
    patienceSeconds,
    () => `${expression} is ${JSON.stringify(found)}, wanted ${value}\n${logs().slice(-1000)}`,
  );
}

/** While nginx reloads, an old worker answers some connections yet. */
const inARow = 20;

/** Waits until users reach an arm, and nothing else any more. */
export async function goesLive({ live }: Site, arm: string, seconds = patienceSeconds): Promise<void> {
  await eventually(
    async () => {
      for (let connection = 0; connection < inARow; connection++)
        if ((await live()) !== arm) return undefined;
      return true;
    },
    seconds,
    () => `${arm} is not live`,
  );
}

/** How many alerts that act fire now, and did at any time of late. */
export async function acting({ query }: Prometheus): Promise<number> {
  return (await query('last_over_time(ALERTS{action="rollback",alertstate="firing"}[15m])')).length;
}
