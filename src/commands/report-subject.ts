import { existsSync } from 'node:fs';
import { UserError, exitCodes } from '../base/errors.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { findRun } from '../engine/find-run.ts';
import { readComparison, readVerdicts, verdictsAbout } from '../engine/read-verdicts.ts';
import { runFolder, type RunFolder } from '../engine/run-folder.ts';
import { asRead } from '../gates/fresh.ts';
import type { Verdict } from '../gates/verdict.ts';
import { compareRuns, type Comparison } from '../statistics/comparison.ts';
import { comparablePair, foldersOf, ownBaseline } from './stored-pair.ts';

/** What a report is about: runs, and what was judged of them. */
export interface Told {
  readonly candidate?: RunFolder | undefined;
  readonly baseline?: RunFolder | undefined;
  readonly comparison?: Comparison | undefined;
  /** As they may be read now. */
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
export async function toldBy(references: readonly string[], { config, world, unjudged }: TellingOptions): Promise<readonly Told[]> {
  const { store } = config;
  const [first, second] = references;
  if (references.length > 2)
    throw new UserError(`${references.length} runs were named`, { hint: 'name one run, or a baseline and a candidate' });
  if (first !== undefined && second !== undefined) return [await pairOf({ baseline: first, candidate: second }, config, world)];
  const verdicts = await readVerdicts(store);
  const judged = verdicts.filter(({ gate }) => first === undefined || gate === first);
  if (judged.length > 0) return Promise.all(judged.map((verdict) => toldOfVerdict(verdict, store, world)));
  if (first !== undefined) {
    const candidate = await runOrGate(first, config, world);
    return [{ candidate, verdicts: readNow(verdictsAbout(store, { candidate: candidate.id }), world) }];
  }
  if (!unjudged) throw noVerdict(store, '');
  return [await newestRuns(config, world)];
}

async function runOrGate(reference: string, { store, gates }: Config, world: World): Promise<RunFolder> {
  const isGate = Object.hasOwn(gates, reference) || reference === 'acceptance' || reference === 'watch';
  if (isGate) throw noVerdict(store, ` of gate "${reference}"`);
  return findRun(store, reference, world.workingDirectory);
}

async function toldOfVerdict(verdict: Verdict, store: string, world: World): Promise<Told> {
  const folderOf = (id: string | undefined): RunFolder | undefined => {
    const folder = id === undefined ? undefined : runFolder(store, id);
    return folder !== undefined && existsSync(folder.record) ? folder : undefined;
  };
  const [candidate, baseline] = [folderOf(verdict.runs.candidate), folderOf(verdict.runs.baseline)];
  return { candidate, baseline, comparison: await readComparison(store, verdict.runs), verdicts: readNow([verdict], world) };
}

async function pairOf(references: { readonly baseline: string; readonly candidate: string }, config: Config, world: World): Promise<Told> {
  const folders = await foldersOf(references, config, world);
  const runs = { candidate: folders.candidate.id, baseline: folders.baseline.id };
  const comparison = (await readComparison(config.store, runs)) ?? compareRuns(await comparablePair(folders, config));
  return { ...folders, comparison, verdicts: readNow(verdictsAbout(config.store, runs), world) };
}

async function newestRuns(config: Config, world: World): Promise<Told> {
  const baseline = await ownBaseline(config);
  const candidate = await findRun(config.store, config.candidate, world.workingDirectory).catch(() => undefined);
  if (candidate === undefined) throw noVerdict(config.store, '');
  if (baseline !== undefined && baseline !== config.candidate) return pairOf({ baseline, candidate: config.candidate }, config, world);
  return { candidate, verdicts: [] };
}

function readNow(verdicts: readonly Verdict[], { clock }: World): readonly Verdict[] {
  return verdicts.map((verdict) => asRead(verdict, { now: clock.now() }));
}

function noVerdict(store: string, what: string): UserError {
  return new UserError(`store "${store}" has no verdict${what}`, {
    hint: 'judge first: flipgate gate acceptance',
    exitCode: exitCodes.error,
  });
}
