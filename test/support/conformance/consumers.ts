import { execFile } from 'node:child_process';
import { kits } from '../consumers.ts';
import { eventually } from '../servers/process.ts';
import type { Prometheus } from '../servers/prometheus.ts';

const decision = 'flipgate:gate_decision:acceptance';

/** What the decision rule says: the value of its one series, or what is wrong with it. */
export async function decided(prometheus: Prometheus): Promise<string> {
  const found = await prometheus.query(decision);
  if (found.length !== 1) return found.length === 0 ? 'absent' : `${found.length} series`;
  return found[0]?.value[1] ?? 'absent';
}

/** Waits until the rule opens. */
export async function opened(prometheus: Prometheus): Promise<void> {
  await eventually(
    async () => ((await decided(prometheus)) === '1' ? true : undefined),
    30,
    () => prometheus.logs().slice(-2000),
  );
}

/** Waits until the rule closes. */
export async function closed(prometheus: Prometheus): Promise<void> {
  await eventually(
    async () => ((await decided(prometheus)) === '1' ? undefined : true),
    30,
    () => prometheus.logs().slice(-2000),
  );
}

/** Waits until every target was scraped, and whatever rules there are were evaluated on that. */
export async function settled(prometheus: Prometheus, targets: number, hasRules = true): Promise<void> {
  const wait = (look: () => Promise<boolean>): Promise<true> =>
    eventually(
      async () => ((await look()) ? true : undefined),
      60,
      () => prometheus.logs().slice(-2000),
    );
  await wait(
    async () =>
      (await prometheus.query('count(count_over_time(up[5m]) >= 2)'))[0]?.value[1] === String(targets),
  );
  if (!hasRules) return;
  const scraped = Number((await prometheus.query('vector(time())'))[0]?.value[1]);
  await wait(async () => Number((await prometheus.query(`timestamp(${decision})`))[0]?.value[1]) > scraped);
}

/** The gate over HTTP, as a script asks it. */
export async function asked(url: string | undefined, artifact: string): Promise<string> {
  if (url === undefined) return '–';
  try {
    const response = await fetch(`${url}/v1/gates/acceptance?arm=green&artifact=${artifact}`);
    const { verdict } = (await response.json()) as { verdict?: unknown };
    return String(verdict);
  } catch {
    return 'unreachable';
  }
}

/** The gate as Flagger's webhook asks it: the status. */
export async function called(url: string | undefined): Promise<string> {
  if (url === undefined) return '–';
  const body = JSON.stringify({ name: 'rag', namespace: 'rag', phase: 'Progressing', metadata: {} });
  try {
    const response = await fetch(`${url}/v1/flagger/acceptance`, { method: 'POST', body });
    await response.text();
    return String(response.status);
  } catch {
    return 'unreachable';
  }
}

/** A script of the shell kit: its exit code. */
export function scripted(script: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile('sh', [`${kits}shell/${script}`, ...args], () => resolve(String(child.exitCode)));
  });
}
