import { UserError, exitCodes } from '../../base/errors.ts';
import { mapLimited } from '../../base/map-limited.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { findRun } from '../../store/find-run.ts';
import { readVerdicts, verdictsAbout } from '../../store/documents/verdict.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { compareRuns, type Comparison } from '../../statistics/comparison.ts';
import { storedComparison } from '../../app/stored-comparison.ts';
import { signingOf } from '../../app/signing/signing.ts';
import { comparablePair, foldersOf, ownBaseline } from '../../app/stored-pair.ts';
import { foldersIn } from '../../app/report.ts';

/** What a report is about: runs, and what was judged of them. */
export interface ReportTarget {
  readonly candidate?: RunFolder | undefined;
  readonly baseline?: RunFolder | undefined;
  readonly comparison?: Comparison | undefined;
  /** As they are stored: whoever tells them has to read them first. */
  readonly verdicts: readonly Verdict[];
}

export interface TellingOptions {
  readonly config: Config;
  readonly world: World;
  /** Whether runs that no gate has judged can be told of. */
  readonly unjudged: boolean;
}

/**
 * What references mean: one run, a baseline and a candidate, or a gate. Without any, the newest verdict of every gate, and where there is
 * none the configured arms' newest runs. Throws a `UserError`: exit 2 for more than two, 4 for what is not there.
 */
export async function reportTargets(
  references: readonly string[],
  setting: TellingOptions,
): Promise<readonly ReportTarget[]> {
  const { config, world } = setting;
  const [first, second] = references;
  if (references.length > 2)
    throw new UserError(`${references.length} runs were named`, {
      hint: 'name one run, or a baseline and a candidate',
    });
  if (first !== undefined && second !== undefined)
    return [await pairOf({ baseline: first, candidate: second }, setting)];
  const judged = (await readVerdicts(config.store)).filter(
    ({ gate }) => first === undefined || gate === first,
  );
  if (judged.length > 0) return mapLimited(judged, (verdict) => toldOfVerdict(verdict, setting));
  if (first !== undefined) {
    const candidate = await runOrGate(first, config, world);
    return [{ candidate, verdicts: await verdictsAbout(config.store, { candidate: candidate.id }) }];
  }
  if (!setting.unjudged) throw noVerdict(config.store, '');
  return [await newestRuns(setting)];
}

async function runOrGate(reference: string, { store, gates }: Config, world: World): Promise<RunFolder> {
  const isGate = Object.hasOwn(gates, reference) || reference === 'acceptance' || reference === 'watch';
  if (isGate) throw noVerdict(store, ` of gate "${reference}"`);
  return findRun(store, reference, world.workingDirectory);
}

async function toldOfVerdict(verdict: Verdict, { config, world }: TellingOptions): Promise<ReportTarget> {
  const folders = foldersIn(config.store, verdict.runs);
  const { candidate, baseline } = folders;
  const { trust } = signingOf(config, world);
  const comparison = candidate && baseline && (await storedComparison({ candidate, baseline }, trust));
  return { ...folders, comparison, verdicts: [verdict] };
}

async function pairOf(
  references: { readonly baseline: string; readonly candidate: string },
  setting: TellingOptions,
): Promise<ReportTarget> {
  const { config, world } = setting;
  const folders = await foldersOf(references, config, world);
  const runs = { candidate: folders.candidate.id, baseline: folders.baseline.id };
  const { trust } = signingOf(config, world);
  const comparison =
    (await storedComparison(folders, trust)) ?? compareRuns(await comparablePair(folders, config, trust));
  return { ...folders, comparison, verdicts: await verdictsAbout(config.store, runs) };
}

async function newestRuns(setting: TellingOptions): Promise<ReportTarget> {
  const { config, world } = setting;
  const baseline = await ownBaseline(config);
  const candidate = await findRun(config.store, config.candidate, world.workingDirectory).catch(
    () => undefined,
  );
  if (candidate === undefined) throw noVerdict(config.store, '');
  if (baseline !== undefined && baseline !== config.candidate)
    return pairOf({ baseline, candidate: config.candidate }, setting);
  return { candidate, verdicts: [] };
}

function noVerdict(store: string, what: string): UserError {
  return new UserError(`store "${store}" has no verdict${what}`, {
    hint: 'judge first: flipgate gate acceptance',
    exitCode: exitCodes.error,
  });
}
