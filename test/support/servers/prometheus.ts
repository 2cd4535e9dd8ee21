import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { answers, freePort, serverFolder, startProgram, type RunningServer } from './process.ts';

export interface PrometheusOptions {
  /** Paths of rule files. */
  readonly ruleFiles?: readonly string[];
  /** What to scrape, job by job: URLs with the path, for example `http://127.0.0.1:9464/metrics`. */
  readonly scrape?: Readonly<Record<string, readonly string[]>>;
  /** URLs of Alertmanagers. */
  readonly alertmanagers?: readonly string[];
  /** How often to scrape and to evaluate rules; 1s by default. */
  readonly interval?: string;
  /** What is in the database at the start: OpenMetrics text with timestamps, and the promtool that writes it there. */
  readonly history?: { readonly promtool: string; readonly samples: string };
  /** Takes metrics over OTLP; 3.x only. */
  readonly otlp?: boolean;
  /** Further flags. */
  readonly flags?: readonly string[];
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds, and the value as Prometheus writes it. */
  readonly value: readonly [number, string];
}

export interface Prometheus extends RunningServer {
  readonly url: string;
  /** An instant query of now that gives a vector. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Reads the configuration and the rule files again. */
  reload(): Promise<void>;
}

/** Starts the Prometheus of a path, Debian's or 3.x, with an empty database. */
export async function startPrometheus(binary: string, options: PrometheusOptions = {}): Promise<Prometheus> {
  const folder = await serverFolder('prometheus');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(folder, 'prometheus.yml');
  await writeFile(file, JSON.stringify(configuration(options)));
  if (options.history !== undefined) await writeHistory(folder, options.history);
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-lifecycle',
    // Targets are looked at within this time of the start, not within 5 s.
    '--scrape.discovery-reload-interval=100ms',
    ...(options.otlp === true ? ['--web.enable-otlp-receiver'] : []),
    ...(options.flags ?? []),
  ];
  const server = await startProgram({
    name: 'prometheus',
    binary,
    args,
    folder,
    ready: () => answers(`${url}/-/ready`),
  });
  return {
    ...server,
    url,
    query: (expression) => query(url, expression),
    reload: () => post(`${url}/-/reload`),
  };
}

async function writeHistory(
  folder: string,
  { promtool, samples }: { promtool: string; samples: string },
): Promise<void> {
  const file = path.join(folder, 'history');
  await writeFile(file, samples);
  await promisify(execFile)(promtool, [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    file,
    path.join(folder, 'data'),
  ]);
}

function configuration({
  ruleFiles = [],
  scrape = {},
  alertmanagers = [],
  interval = '1s',
}: PrometheusOptions): object {
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: Object.entries(scrape).flatMap(([job, urls]) => jobs(job, urls)),
    alerting: {
      alertmanagers: alertmanagers.map((url) => ({ static_configs: [{ targets: [new URL(url).host] }] })),
    },
  };
}

/** A job has one path: those of further paths are named after it with a number. */
function jobs(job: string, urls: readonly string[]): readonly object[] {
  const paths = [...new Set(urls.map((url) => new URL(url).pathname))];
  return paths.map((metricsPath, index) => ({
    job_name: index === 0 ? job : `${job}-${index + 1}`,
    metrics_path: metricsPath,
    static_configs: [
      {
        targets: urls
          .map((url) => new URL(url))
          .filter((url) => url.pathname === metricsPath)
          .map((url) => url.host),
      },
    ],
  }));
}

async function query(url: string, expression: string): Promise<readonly Sample[]> {
  const response = await fetch(
    `${url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`,
  );
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data?: { result: readonly Sample[] };
  };
  if (answer.status !== 'success' || answer.data === undefined)
    throw new Error(`${expression}: ${answer.error ?? response.status}`);
  return answer.data.result;
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
}
