import { existsSync } from 'node:fs';
import { UserError, codeOf } from '../base/errors.ts';
import { integritySha256 } from '../base/integrity/sealed.ts';
import type { Trust } from '../base/integrity/trust.ts';
import { mapLimited } from '../base/map-limited.ts';
import type { World } from '../base/world.ts';
import { readRegular } from '../base/regular-file.ts';
import type { Config } from '../config/config.ts';
import { openRollbackLog, rolledBackIn } from '../store/documents/rollback.ts';
import type { RunLookup } from '../gates/validity/context.ts';
import { contextOf, type ValidityFacts } from '../gates/validity/facts.ts';
import { revalidate } from '../gates/validity/revalidate.ts';
import type { Verdict } from '../gates/verdict.ts';
import { judgingFile, parseJudging, unfinishedBy } from '../store/documents/judging.ts';
import { readRecord } from '../store/documents/run.ts';
import { verdictFile, worstFirst } from '../store/documents/verdict.ts';
import { checkFiles } from '../store/hashes.ts';
import { newestRun } from '../store/newest-run.ts';
import { runFolder } from '../store/run-folder.ts';
import { noteVerdict } from './signing/marks.ts';
import { signatureDamage, signingFacts } from './signing/facts.ts';
import { signingOf } from './signing/signing.ts';
import { configuredSubject, type GoldHashes } from './configured-subject.ts';
import { expectationsOf } from './configured-gates.ts';
import { reportedStates } from './arms/reported-states.ts';

export interface VerdictSetting {
  readonly config: Config;
  readonly world: Pick<World, 'clock' | 'environment'>;
  /** The gold set that is configured now, where a file configures one. */
  readonly gold: GoldHashes | undefined;
}

/**
 * Verdicts as they may be read now, the worst first: held against the clock, the configuration, what the arms report, the arm's newest run, and
 * the files of the runs that they rest on.
 */
export async function revalidateAll(
  verdicts: readonly Verdict[],
  setting: VerdictSetting,
): Promise<readonly Verdict[]> {
  if (verdicts.length === 0) return [];
  const facts = await factsFor(verdicts, setting);
  for (const verdict of verdicts) noteVerdict(verdict, signingOf(setting.config, setting.world));
  return worstFirst(verdicts.map((verdict) => revalidate(verdict, contextOf(verdict, facts))));
}

async function factsFor(
  verdicts: readonly Verdict[],
  { config, world, gold }: VerdictSetting,
): Promise<ValidityFacts> {
  const { store } = config;
  const arms = verdicts.flatMap(({ arm, baseline }) => [arm, baseline]);
  const now = world.clock.now();
  const signing = signingOf(config, world);
  const rollbacks = rolledBackIn(openRollbackLog(store, () => now).events());
  const newest = await lookUpAll(arms, (arm) => newestRun(store, arm));
  const runs = await lookUpAll(
    verdicts.flatMap(({ runs: { candidate, baseline } }) => [candidate, baseline]),
    (id) => findRun(store, id, signing.trust),
  );
  const reported = await reportedStates({ config, clock: world.clock }, arms);
  const unfinished = new Map(
    await mapLimited(verdicts, async (one) => [one, await unfinishedIn(store, one, now)] as const),
  );
  return {
    now,
    rollbacks,
    expectations: expectationsOf(config),
    configured: configuredSubject(config, gold),
    newest: (arm) => newest.get(arm),
    run: (id) => runs.get(id) ?? { state: 'missing' },
    reported: (arm) => reported.get(arm),
    unfinished: (verdict) => unfinished.get(verdict),
    ...signingFacts(signing, now),
  };
}

/** Looks each name up once. */
async function lookUpAll<Found>(
  names: readonly (string | undefined)[],
  find: (name: string) => Promise<Found>,
): Promise<ReadonlyMap<string, Found>> {
  const known = [...new Set(names.flatMap((name) => name ?? []))];
  return new Map(await mapLimited(known, async (name) => [name, await find(name)] as const));
}

async function findRun(store: string, id: string, trust: Trust): Promise<RunLookup> {
  const folder = runFolder(store, id);
  try {
    const record = await readRecord(folder);
    if (record === undefined) return { state: existsSync(folder.path) ? 'unfinished' : 'missing' };
    const damage = signatureDamage(record, trust) ?? (await damageOf(() => checkFiles(folder, record)));
    return { state: 'found', record, sha256: integritySha256(record), damage };
  } catch (error) {
    if (error instanceof UserError) return { state: 'damaged', reason: error.message };
    throw error;
  }
}

async function damageOf(check: () => Promise<void>): Promise<string | undefined> {
  return check().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof UserError) return error.message;
      throw error;
    },
  );
}

/** A judging that can leave no other trace removes the verdict before, which the history still has. */
async function unfinishedIn(store: string, verdict: Verdict, now: number): Promise<string | undefined> {
  const newest = verdictFile(store, verdict);
  if (!existsSync(newest)) return `"${newest}" is not there, and nothing older stands for it: judge again`;
  const file = judgingFile(store, verdict.gate, verdict.arm);
  const text = await readRegular(file).catch((error: unknown) =>
    codeOf(error) === 'ENOENT' ? undefined : '',
  );
  if (text === undefined) return undefined;
  const judging = parseJudging(text);
  return judging === undefined
    ? `"${file}" cannot be read: judge again`
    : unfinishedBy(judging, verdict, now);
}
