import { UserError, exitCodes } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { olderRunReason } from '../../gates/validity/signed.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { armOfRun } from '../../plan/run-id.ts';
import { storeVerdict, type StoredVerdict } from '../../store/documents/verdict.ts';
import { runIds } from '../../store/run-ids.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { clockProblem, noteVerdict, runMark } from './marks.ts';
import { signingOf } from './signing.ts';

/** Stores a verdict, signed where somebody signs, and keeps in mind that it was seen. */
export async function storeSigned(
  verdict: Verdict,
  { config, world }: { readonly config: Config; readonly world: World },
): Promise<StoredVerdict> {
  const signing = signingOf(config, world);
  const stored = await storeVerdict(config.store, verdict, signing.signer());
  noteVerdict(stored.verdict, signing);
  return stored;
}

/** Refuses to judge in a store that is a copy of what it was, and by a clock that was set back. Throws a `UserError` (exit 4). */
export async function requireNotRestored(
  { id }: RunFolder,
  { config, world }: { readonly config: Config; readonly world: World },
): Promise<void> {
  const { seen } = signingOf(config, world);
  const { store } = config;
  const arm = armOfRun(id);
  const newest = (await runIds(store)).find((one) => armOfRun(one) === arm) ?? id;
  const reason = olderRunReason(newest, seen.highest(runMark(arm)));
  const clock = clockProblem(world.clock.now(), seen);
  if (clock !== undefined) throw new UserError(clock, { exitCode: exitCodes.error });
  if (reason !== undefined) throw new UserError(reason, { exitCode: exitCodes.error });
}
