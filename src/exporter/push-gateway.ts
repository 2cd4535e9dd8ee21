import { UserError, exitCodes } from '../base/errors.ts';
import { deliver, type DeliveryAnswer, type Delivery } from './deliver.ts';
import { registryOf, textType } from './prometheus.ts';
import type { Snapshot } from './snapshot.ts';

/** The groups that a snapshot makes at a Pushgateway, by their path: one an arm, and one for what is no arm's. */
export async function pushedGroups(snapshot: Snapshot): Promise<ReadonlyMap<string, string>> {
  const groups = new Map<string, string>();
  for (const arm of [undefined, ...armsInSnapshot(snapshot)]) {
    const registry = registryOf(snapshot, { type: textType, only: ({ labels }) => labels['arm'] === arm });
    groups.set(groupPath(arm), await registry.metrics());
  }
  return groups;
}

/** Every arm that a snapshot says something of. */
export function armsInSnapshot({ arms, verdicts, reported, roles }: Snapshot): ReadonlySet<string> {
  return new Set([...arms, ...verdicts, ...reported, ...roles].map(({ arm }) => arm));
}

/** Where an arm's group is at a Pushgateway. */
export function groupPath(arm: string | undefined): string {
  return arm === undefined ? '/metrics/job/flipgate' : `/metrics/job/flipgate/arm/${arm}`;
}

/** Puts a group in the place of what stood there. Rejects with a `UserError` (exit 4) when it did not arrive. */
export async function putGroup(gateway: string, path: string, body: string): Promise<void> {
  await send(gateway, path, { method: 'PUT', body, headers: { 'content-type': textType } });
}

/** Deletes a group; one that is not there is no error. Rejects like `putGroup`. */
export async function deleteGroup(gateway: string, path: string): Promise<void> {
  await send(gateway, path, { method: 'DELETE' });
}

async function send(gateway: string, path: string, delivery: Delivery): Promise<void> {
  const url = new URL(gateway);
  url.pathname = url.pathname.replace(/\/+$/u, '') + path;
  const problem = await deliver(url.href, { ...delivery, refusal: pageRefusal });
  if (problem === undefined) return;
  const what = delivery.method === 'DELETE' ? `group ${path} was not deleted` : 'the series did not arrive';
  throw new UserError(`${what} at the Pushgateway ${url.origin}: ${problem}`, {
    hint: 'does it run there? It goes on to show what was pushed before, which ages by its own timestamps',
    exitCode: exitCodes.error,
  });
}

/** A Pushgateway answers nothing; a page comes from something before it, such as a proxy that wants a sign-in. */
function pageRefusal({ status, contentType, bytes }: DeliveryAnswer): string | undefined {
  const isPage = bytes.length > 0 && /^text\/html\b/iu.test(contentType);
  return isPage
    ? `HTTP status ${status} with a page, where a Pushgateway has nothing: something else answers there`
    : undefined;
}
