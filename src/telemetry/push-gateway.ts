import { setTimeout as pause } from 'node:timers/promises';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { withCredentials } from '../base/credentials.ts';
import { registryOf, textType } from './prometheus.ts';
import type { Snapshot } from './snapshot.ts';

const attempts = 4;
const firstPauseMilliseconds = 500;
const timeoutMilliseconds = 10_000;

/** The groups that a snapshot makes at a Pushgateway, by their path: one an arm, and one for what is no arm's. */
export async function pushedGroups(snapshot: Snapshot): Promise<ReadonlyMap<string, string>> {
  const arms = new Set([...snapshot.arms, ...snapshot.verdicts, ...snapshot.reported].map(({ arm }) => arm));
  const groups = new Map<string, string>();
  for (const arm of [undefined, ...arms]) {
    const registry = registryOf(snapshot, { type: textType, only: ({ labels }) => labels['arm'] === arm });
    groups.set(groupPath(arm), await registry.metrics());
  }
  return groups;
}

/** Where an arm's group is at a Pushgateway. */
export function groupPath(arm: string | undefined): string {
  return arm === undefined ? '/metrics/job/flipgate' : `/metrics/job/flipgate/arm/${arm}`;
}

/** Puts a group in the place of what stood there. Rejects with a `UserError` (exit 4) when it did not arrive. */
export async function putGroup(gateway: string, path: string, body: string): Promise<void> {
  await send(gateway, path, { method: 'PUT', body, headers: { 'content-type': textType } });
}

/** Deletes a group; one that is not there is no error. */
export async function deleteGroup(gateway: string, path: string): Promise<void> {
  await send(gateway, path, { method: 'DELETE' });
}

async function send(gateway: string, path: string, request: RequestInit): Promise<void> {
  const { url, headers } = target(gateway, path);
  let problem = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await pause(firstPauseMilliseconds * 2 ** (attempt - 1));
    const found = await sendOnce(url, { ...request, headers: { ...request.headers, ...headers } });
    if (found === undefined) return;
    problem = found.problem;
    if (!found.again) break;
  }
  throw new UserError(`the series did not arrive at the Pushgateway ${new URL(url).origin}: ${problem}`, {
    hint: 'what it has of them is what was pushed before, and ages there: its freshness is judged by our timestamps',
    exitCode: exitCodes.error,
  });
}

async function sendOnce(url: string, request: RequestInit): Promise<{ problem: string; again: boolean } | undefined> {
  try {
    const response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(timeoutMilliseconds) });
    const text = await response.text();
    if (response.ok) return undefined;
    const again = response.status >= 500 || response.status === 429;
    return { problem: `HTTP status ${response.status}${text === '' ? '' : `: ${text.trim().slice(0, 300)}`}`, again };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    return { problem: cause, again: true };
  }
}

function target(gateway: string, path: string): ReturnType<typeof withCredentials> {
  const url = new URL(gateway);
  url.pathname = url.pathname.replace(/\/+$/u, '') + path;
  return withCredentials(url.href);
}
