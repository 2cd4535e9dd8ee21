import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../base/errors.ts';
import { writeAtomically } from '../base/files.ts';
import type { World } from '../base/world.ts';
import { loadConfig } from '../config/load.ts';
import { readComparison, readVerdicts } from '../engine/read-verdicts.ts';
import { asRead } from '../gates/fresh.ts';
import type { Verdict } from '../gates/verdict.ts';
import { verdictsCsv } from '../reporters/csv.ts';
import { junitXml } from '../reporters/junit.ts';
import { verdictMarkdown } from '../reporters/markdown.ts';
import type { Comparison } from '../statistics/comparison.ts';
import type { ReportFlags, ReportFormat } from './report.ts';

interface Told {
  readonly verdict: Verdict;
  readonly comparison: Comparison | undefined;
}

const writers: Readonly<Record<ReportFormat, (told: readonly Told[]) => string>> = {
  markdown: (told) => told.map(({ verdict, comparison }) => verdictMarkdown(verdict, comparison)).join('\n'),
  junit: (told) => junitXml(told.map(({ verdict }) => verdict)),
  csv: (told) => verdictsCsv(told.map(({ verdict }) => verdict)),
  json: (told) => `${JSON.stringify(told.map(({ verdict, comparison }) => ({ verdict, ...(comparison && { comparison }) })))}\n`,
};

/** Writes the newest verdicts in a format. Exit 0 when they were written, whatever they say; 4 when there is none. */
export async function report(gate: string | undefined, flags: ReportFlags, world: World): Promise<ExitCode> {
  const { store } = await loadConfig(flags, world);
  const verdicts = (await readVerdicts(store)).filter((verdict) => gate === undefined || verdict.gate === gate);
  if (verdicts.length === 0)
    throw new UserError(`store "${store}" has no verdict${gate === undefined ? '' : ` of gate "${gate}"`}`, {
      hint: 'judge first: flipgate gate acceptance',
      exitCode: exitCodes.error,
    });
  const now = world.clock.now();
  const told = await Promise.all(
    verdicts.map(async (verdict) => ({ verdict: asRead(verdict, { now }), comparison: await readComparison(store, verdict.runs) })),
  );
  const text = writers[flags.format](told);
  if (flags.out === undefined) world.stdout.write(text);
  else await writeAtomically(path.resolve(world.workingDirectory, flags.out), text);
  return exitCodes.pass;
}
