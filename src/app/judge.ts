import { UserError, exitCodes, type ExitCode } from '../base/errors.ts';
import type { World } from '../base/world.ts';
import { namePattern } from '../base/name-pattern.ts';
import type { Config } from '../config/config.ts';
import { readDrills } from '../store/documents/drill.ts';
import { openRollbackLog, rolledBackIn } from '../store/documents/rollback.ts';
import { armOfRun } from '../plan/run-id.ts';
import { beginJudging, endJudging } from '../store/documents/judging.ts';
import { fileStates, judgedRecord } from '../store/judged-records.ts';
import { storeComparison } from '../store/documents/comparison.ts';
import type { JudgeContext } from '../gates/context.ts';
import { errorVerdict } from '../gates/error-verdict.ts';
import { judge } from '../gates/judge.ts';
import type { Policy } from '../gates/policy.ts';
import type { Verdict, VerdictName } from '../gates/verdict.ts';
import { comparabilityProblem } from '../statistics/comparable.ts';
import { compareRuns, type Comparison } from '../statistics/comparison.ts';
import type { Evidence } from '../statistics/evidence/evidence.ts';
import { expectationOf } from './arms/arm-expectation.ts';
import { configuredSubject, type GoldHashes } from './configured-subject.ts';
import { drillCheck } from './signing/drill-check.ts';
import { requireNotRestored, storeSigned } from './signing/judging.ts';
import { signingOf } from './signing/signing.ts';
import { reportedStates } from './arms/reported-states.ts';
import { evidenceOf, foldersOf, type Folders, type References } from './stored-pair.ts';

export interface StoredJudging {
  readonly config: Config;
  readonly world: World;
  readonly policy: Policy;
  readonly references: References;
  /** Runs of the windows before the candidate's, oldest first. */
  readonly earlier?: readonly string[] | undefined;
  readonly wantedArtifact?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
  /** The gold set that is configured, where a file configures one. */
  readonly gold?: GoldHashes | undefined;
  /** Called with the runs' folders before they are read. */
  readonly prepare?: ((folders: Folders) => Promise<void>) | undefined;
}

export interface Judged {
  readonly verdict: Verdict;
  readonly comparison?: Comparison;
  /** Where the verdict is stored. */
  readonly file: string;
}

/**
 * Judges stored runs and stores verdict and comparison. What cannot be judged is a verdict too: an older `pass` must not stay, also where the judging is
 * killed or its verdict cannot be stored.
 */
export async function judgeStored(judging: StoredJudging): Promise<Judged> {
  const { config, policy, references, world } = judging;
  const about = { gate: policy.gate, arm: armMeant(references.candidate) };
  const { candidate: run } = await runsMeant(judging);
  // A key that cannot be used is a mistake before anything is in doubt.
  signingOf(config, world).signer();
  await beginJudging(config.store, { ...about, run, now: world.clock.now() });
  const found = await judgeOrError(judging).catch(async (error: unknown) => {
    if (isUsage(error)) await endJudging(config.store, about);
    throw error;
  });
  const stored = await storeSigned(found.verdict, judging);
  if (found.comparison !== undefined)
    await storeComparison(config.store, found.comparison, signingOf(config, world).signer());
  await endJudging(config.store, about);
  return { ...found, ...stored };
}

/** What was asked for makes no sense: nothing was judged, and no verdict is in doubt. */
function isUsage(error: unknown): error is UserError {
  return error instanceof UserError && error.exitCode !== exitCodes.error;
}

async function judgeOrError(judging: StoredJudging): Promise<Omit<Judged, 'file'>> {
  const { policy, world, references } = judging;
  try {
    return await judgeRuns(judging);
  } catch (error) {
    if (isUsage(error)) throw error;
    const told = error instanceof UserError ? error : new UserError('the judge broke', { cause: error });
    const verdict = errorVerdict(told, {
      policy,
      arm: armMeant(references.candidate),
      baseline: references.baseline,
      runs: await runsMeant(judging),
      now: world.clock.now(),
    });
    if (error instanceof UserError) return { verdict };
    await storeSigned(verdict, judging);
    throw error;
  }
}

/** The runs that were to be judged, so that what is told of them is told of this verdict too. */
async function runsMeant({ references, config, world }: StoredJudging): Promise<Verdict['runs']> {
  const folders = await foldersOf(references, config, world).catch(() => undefined);
  if (folders === undefined) return {};
  return { candidate: folders.candidate.id, ...(folders.baseline && { baseline: folders.baseline.id }) };
}

/** The arm whose verdict it is, even where its run cannot be found. */
function armMeant(reference: string): string {
  if (namePattern.test(reference)) return reference;
  const id = reference.split('/').findLast((part) => part !== '' && !part.endsWith('.json')) ?? '';
  const arm = armOfRun(id);
  return namePattern.test(arm) ? arm : 'unknown';
}

async function judgeRuns(judging: StoredJudging): Promise<Omit<Judged, 'file'>> {
  const { config, world, policy, references } = judging;
  const folders = await foldersOf(references, config, world);
  await judging.prepare?.(folders);
  const { trust } = signingOf(config, world);
  await requireNotRestored(folders.candidate, judging);
  const states = await statesOf(folders);
  const { candidate, baseline } = await evidenceOf(folders, config, trust);
  const contextOf = await contextMaker(judging, baseline);
  const earlier: JudgeContext[] = [];
  for (const reference of judging.earlier ?? []) {
    const window = await evidenceOf(
      await foldersOf({ candidate: reference, baseline: references.baseline }, config, world),
      config,
      trust,
    );
    earlier.push(contextOf(window.candidate));
  }
  const records = recordsOf({ candidate, baseline }, states);
  const verdict = judge(policy, { ...contextOf(candidate), records }, earlier);
  if (baseline === undefined || comparabilityProblem({ candidate, baseline }) !== undefined)
    return { verdict };
  return { verdict, comparison: compareRuns({ candidate, baseline }) };
}

interface FileStates {
  readonly candidate: Awaited<ReturnType<typeof fileStates>>;
  readonly baseline?: Awaited<ReturnType<typeof fileStates>>;
}

async function statesOf({ candidate, baseline }: Folders): Promise<FileStates> {
  return {
    candidate: await fileStates(candidate),
    ...(baseline === undefined ? {} : { baseline: await fileStates(baseline) }),
  };
}

function recordsOf(
  { candidate, baseline }: { readonly candidate: Evidence; readonly baseline?: Evidence | undefined },
  states: FileStates,
): NonNullable<Verdict['records']> {
  return {
    candidate: judgedRecord(candidate.record, states.candidate),
    ...(baseline && states.baseline ? { baseline: judgedRecord(baseline.record, states.baseline) } : {}),
  };
}

async function contextMaker(
  { config, world, policy, references, ...judging }: StoredJudging,
  baseline: Evidence | undefined,
): Promise<(candidate: Evidence) => JudgeContext> {
  const wantsDrills = policy.rules.some(
    ({ kind, waived }) => kind === 'rollback_drill' && waived === undefined,
  );
  const rollbacks = rolledBackIn(openRollbackLog(config.store, () => world.clock.now()).events());
  const configured = configuredSubject(config, judging.gold);
  const reported = await reportedStates({ config, clock: world.clock }, [
    armMeant(references.candidate),
    baseline?.record.arm,
  ]);
  const drills = wantsDrills ? await readDrills(config.store, drillCheck(signingOf(config, world))) : [];
  return (candidate) => ({
    candidate,
    baseline,
    expectations: {
      candidate: expectationOf(candidate.record.arm, config, world),
      baseline: expectationOf(baseline?.record.arm ?? '', config, world),
    },
    drills,
    rollbacks,
    now: world.clock.now(),
    wantedArtifact: judging.wantedArtifact,
    configured,
    reported,
    maxAgeSeconds: judging.maxAgeSeconds,
  });
}

const codes: Readonly<Record<VerdictName, ExitCode>> = {
  pass: exitCodes.pass,
  fail: exitCodes.fail,
  inconclusive: exitCodes.inconclusive,
  error: exitCodes.error,
};

/** The exit code of a verdict. */
export function exitCodeOf({ verdict }: Verdict): ExitCode {
  return codes[verdict];
}
