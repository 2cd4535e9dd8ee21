import path from 'node:path';
import { UserError, exitCodes } from '../base/errors.ts';
import { mapLimited } from '../base/map-limited.ts';
import { readPlan, type PlanFile } from './documents/plan.ts';
import { runIds } from './run-ids.ts';
import { secondOf } from '../plan/run-id.ts';
import { runFolder } from './run-folder.ts';

/** The plans of the runs that `reference` (a run's or a session's id; the newest session by default) was asked with. Throws a `UserError` when there are none. */
export async function storedSession(
  store: string,
  reference: string | undefined,
): Promise<readonly PlanFile[]> {
  const ids = await runIds(store);
  if (reference !== undefined && ids.includes(reference)) return [await planOrThrow(store, reference)];
  const session = reference ?? (await newestPlan(store, ids))?.session;
  const found = session === undefined ? [] : await plansOf(store, ids, session);
  if (found.length > 0) return found;
  throw new UserError(
    reference === undefined
      ? `store "${store}" has no run to resume`
      : `no run or session "${reference}" in store "${store}"`,
    { hint: 'flipgate runs lists what there is' },
  );
}

/** The newest of some runs, given newest first. Ids tell seconds; two runs of one second are told apart by their plans. */
export async function newestPlan(
  store: string,
  ids: readonly string[],
  arm?: string,
): Promise<PlanFile | undefined> {
  let newest: PlanFile | undefined;
  for (const id of ids) {
    if (newest !== undefined && secondOf(id) !== secondOf(newest.id)) break;
    const plan = await readPlan(runFolder(store, id));
    const wanted = plan !== undefined && (arm === undefined || plan.arm === arm);
    if (wanted && (newest === undefined || plan.started_at > newest.started_at)) newest = plan;
  }
  return newest;
}

/** All runs of a session begin with its own second, so no other folder is read. */
async function plansOf(store: string, ids: readonly string[], session: string): Promise<readonly PlanFile[]> {
  const near = ids.filter((id) => secondOf(id) === secondOf(session)).toReversed();
  const plans = await mapLimited(near, (id) => readPlan(runFolder(store, id)));
  return plans.filter((plan) => plan?.session === session).flatMap((plan) => plan ?? []);
}

async function planOrThrow(store: string, id: string): Promise<PlanFile> {
  const plan = await readPlan(runFolder(store, id));
  if (plan !== undefined) return plan;
  throw new UserError(`run "${id}" has no plan.json`, {
    hint: `its folder is "${path.join(store, id)}": start a new run`,
    exitCode: exitCodes.error,
  });
}
