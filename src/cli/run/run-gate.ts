import { exitCodes, type ExitCode } from '../../base/errors.ts';
import type { RunRecord } from '../../scoring/record.ts';
import type { Policy } from '../../gates/policy.ts';
import { goldHashes } from '../../app/configured-gold.ts';
import { exitCodeOf, judgeStored } from '../../app/judge.ts';
import { ownBaseline, type References } from '../../app/stored-pair.ts';
import type { PreparedRun } from './prepared-run.ts';
import { printEnd } from './run-summary.ts';
import { reportJudged, reportRuns } from '../../app/report.ts';

/** Judges the runs that were just asked, prints everything, and gives the gate's exit code. An interruption keeps its own. */
export async function endWithGate(
  policy: Policy,
  prepared: PreparedRun,
  { records, interrupted }: { readonly records: readonly RunRecord[]; readonly interrupted: boolean },
): Promise<ExitCode> {
  const { config, world, gold } = prepared;
  const references = await referencesOf(records, prepared);
  const hashes = goldHashes(gold);
  const judged = await judgeStored({ config, world, policy, references, gold: hashes });
  const setting = { config, world, gold: hashes };
  await reportRuns(records, setting);
  printEnd(records, prepared, { ...judged, report: await reportJudged(judged.verdict, setting) });
  return interrupted ? exitCodes.interrupted : exitCodeOf(judged.verdict);
}

/** The runs that were just asked; beside the candidate alone, the baseline's newest run. */
async function referencesOf(
  records: readonly RunRecord[],
  { config, names }: PreparedRun,
): Promise<References> {
  const runOf = (arm: string): string => records.find((record) => record.arm === arm)?.id ?? arm;
  const [first] = names;
  if (names.length === 1 && first !== undefined && first !== config.candidate)
    return { candidate: runOf(first) };
  return {
    candidate: runOf(config.candidate),
    baseline: names.includes(config.baseline) ? runOf(config.baseline) : await ownBaseline(config),
  };
}
