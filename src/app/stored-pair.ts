import type { ArmSettings } from '../arms/options.ts';
import { UserError, exitCodes } from '../base/errors.ts';
import type { Trust } from '../base/integrity/trust.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import type { RunRecord } from '../scoring/record.ts';
import type { Prices } from '../scoring/summary/summary.ts';
import { changedQuestions } from '../store/changed-questions.ts';
import { findRun } from '../store/find-run.ts';
import { runIds } from '../store/run-ids.ts';
import { readBeside } from '../store/evidence/read-beside.ts';
import { readEvidence, type EvidenceOptions } from '../store/evidence/read-evidence.ts';
import { armOfRun } from '../plan/run-id.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { requireComparable } from '../statistics/comparable.ts';
import type { Evidence } from '../statistics/evidence/evidence.ts';
import type { Pair } from '../statistics/pair.ts';

/** Which runs somebody means: ids, paths or arms' names. */
export interface References {
  readonly candidate: string;
  /** Absent: nothing to compare with. */
  readonly baseline?: string | undefined;
}

export interface Folders {
  readonly candidate: RunFolder;
  readonly baseline?: RunFolder;
}

/** Two runs, both meant. */
export type BothReferences = Readonly<Record<keyof References, string>>;

/** The folders of the runs that are meant. Throws a `UserError`: exit 4 for a run that is not there, 2 for one arm twice. */
export async function foldersOf(
  references: BothReferences,
  config: Config,
  world: World,
): Promise<Required<Folders>>;
export async function foldersOf(references: References, config: Config, world: World): Promise<Folders>;
export async function foldersOf(
  { candidate, baseline }: References,
  config: Config,
  world: World,
): Promise<Folders> {
  const find = (reference: string): Promise<RunFolder> =>
    findRun(config.store, reference, world.workingDirectory);
  const folders = {
    candidate: await find(candidate),
    ...(baseline === undefined ? {} : { baseline: await find(baseline) }),
  };
  requireTwoArms(folders);
  return folders;
}

function requireTwoArms({ candidate, baseline }: Folders): void {
  if (baseline === undefined || armOfRun(candidate.id) !== armOfRun(baseline.id)) return;
  throw new UserError(`baseline and candidate are both runs of "${armOfRun(candidate.id)}"`, {
    hint: 'an arm compared with itself passes whatever it does: name runs of two arms',
    exitCode: exitCodes.usage,
  });
}

/** The measurements of both runs, or of the candidate alone. */
export async function evidenceOf(folders: Required<Folders>, config: Config, trust: Trust): Promise<Pair>;
export async function evidenceOf(
  folders: Folders,
  config: Config,
  trust: Trust,
): Promise<{ candidate: Evidence; baseline?: Evidence }>;
export async function evidenceOf(
  folders: Folders,
  config: Config,
  trust: Trust,
): Promise<{ candidate: Evidence; baseline?: Evidence }> {
  const { toolLoop } = config.scoring;
  const pricesOf = pricesFor(folders, config);
  const optionsOf = (folder: RunFolder): EvidenceOptions => ({ toolLoop, prices: pricesOf(folder) });
  const { candidate, baseline } = folders;
  const other = baseline && (await readBeside(baseline, optionsOf(baseline)));
  const evidence = await readEvidence(candidate, optionsOf(candidate));
  requireTrusted(evidence.record, trust);
  if (other === undefined) return { candidate: evidence };
  const before = await other();
  requireTrusted(before.record, trust);
  return { candidate: evidence, baseline: before };
}

function requireTrusted(record: RunRecord, trust: Trust): void {
  const problem = trust.problem(record);
  if (problem === undefined) return;
  throw new UserError(`the record of run ${record.id} ${problem}`, {
    hint: 'ask again where the key is that readers trust (signing.key)',
    exitCode: exitCodes.error,
  });
}

/** Prices in two currencies cannot be compared: then neither arm has any. */
function pricesFor(
  { candidate, baseline }: Folders,
  { arms }: Config,
): (folder: RunFolder) => Prices | undefined {
  const pricesOf = ({ id }: RunFolder): ArmSettings['prices'] => arms.get(armOfRun(id))?.prices;
  const [after, before] = [pricesOf(candidate), baseline && pricesOf(baseline)];
  const mixed = after !== undefined && before !== undefined && after.currency !== before.currency;
  return mixed ? () => undefined : pricesOf;
}

/** Both runs' measurements, over the same cells. Throws a `UserError` (exit 4) where they cannot be compared. */
export async function comparablePair(
  folders: Required<Folders>,
  config: Config,
  trust: Trust,
): Promise<Pair> {
  const { candidate, baseline } = await evidenceOf(folders, config, trust);
  const changed =
    candidate.record.gold.sha256 === baseline.record.gold.sha256
      ? []
      : await changedQuestions(folders.baseline, folders.candidate);
  requireComparable({ candidate, baseline }, changed);
  return { candidate, baseline };
}

/** The configured baseline, where it was ever run: without one, rules that compare are inconclusive. */
export async function ownBaseline({ store, baseline }: Config): Promise<string | undefined> {
  return (await runIds(store)).some((id) => armOfRun(id) === baseline) ? baseline : undefined;
}
