import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../base/errors.ts';
import { writeAtomically } from '../base/files.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { callRows } from '../engine/call-rows.ts';
import { wholeComparison } from '../engine/comparison-schema.ts';
import { readRecord } from '../engine/read-record.ts';
import type { Verdict } from '../gates/verdict.ts';
import { callsCsv, questionsCsv, verdictsCsv } from '../reporters/csv.ts';
import { junitXml } from '../reporters/junit.ts';
import { comparisonMarkdown, verdictMarkdown } from '../reporters/markdown.ts';
import type { Comparison } from '../statistics/comparison.ts';
import { openInBrowser } from './open-in-browser.ts';
import { toldBy, type Told } from './report-subject.ts';
import type { ReportFlags, ReportFormat } from './report.ts';
import { writeStoredReport } from './stored-report.ts';

type TextFormat = Exclude<ReportFormat, 'html'>;

/** What was asked for: named runs, or what gates judged. */
interface Telling {
  readonly told: readonly Told[];
  readonly named: boolean;
  readonly withTexts: boolean;
}

/** A report in pieces, one after the other. */
type Pieces = Iterable<string>;

const writers: Readonly<Record<TextFormat, (telling: Telling) => Pieces | Promise<Pieces>>> = {
  markdown: ({ told }) => [told.map(markdownOf).join('\n')],
  junit: ({ told }) => [junitXml(verdictsOf(told))],
  csv: async ({ told, named, withTexts }) =>
    named ? inTurn(await Promise.all(told.map((one) => runsCsv(one, withTexts)))) : [verdictsCsv(verdictsOf(told))],
  json: ({ told }) => [`${JSON.stringify(told.flatMap(documentsOf))}\n`],
};

/** Writes a report. Exit 0 when it was written, whatever it says; 4 when there is nothing to tell. */
export async function report(references: readonly string[], flags: ReportFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world);
  const told = await toldBy(references, { config, world, unjudged: flags.format === 'html' });
  if (flags.format === 'html') return writePages(told, { flags, config, world });
  const named = references.length === 2 || (references.length === 1 && !verdictsOf(told).some(({ gate }) => gate === references[0]));
  for (const { comparison } of told) wholeComparison(comparison);
  const pieces = await writers[flags.format]({ told, named, withTexts: flags.texts });
  if (flags.out === undefined) await print(pieces, world.stdout);
  else await writeAtomically(path.resolve(world.workingDirectory, flags.out), pieces);
  return exitCodes.pass;
}

/** A piece is made when the reader has taken the one before. */
async function print(pieces: Pieces, stdout: World['stdout']): Promise<void> {
  for (const piece of pieces) {
    stdout.write(piece);
    await stdout.drained?.();
  }
}

function* inTurn(parts: readonly Pieces[]): Generator<string> {
  for (const part of parts) yield* part;
}

interface PageSetting {
  readonly flags: ReportFlags;
  readonly config: Config;
  readonly world: World;
}

/** A page for each pair of runs that was judged; the first one alone where a file is named. */
async function writePages(told: readonly Told[], { flags, config, world }: PageSetting): Promise<ExitCode> {
  const subjects = told.flatMap(({ candidate, ...rest }) => (candidate === undefined ? [] : [{ candidate, ...rest }]));
  const pairs = new Map(subjects.map((subject) => [`${subject.baseline?.id ?? ''}..${subject.candidate.id}`, subject]));
  if (pairs.size === 0) throw new UserError('the runs that were judged are not in the store', { exitCode: exitCodes.error });
  const named = flags.out === undefined ? undefined : path.resolve(world.workingDirectory, flags.out);
  for (const subject of [...pairs.values()].slice(0, named === undefined ? undefined : 1)) {
    const file = await writeStoredReport(subject, { config, world }, { file: named, withTexts: flags.texts });
    world.stdout.write(`${path.relative(world.workingDirectory, file)}\n`);
    if (flags.open === true) await openInBrowser(file);
  }
  return exitCodes.pass;
}

/** One a verdict; the comparison alone where nothing was judged. */
function documentsOf({ verdicts, comparison }: Told): readonly { readonly verdict?: Verdict; readonly comparison?: Comparison }[] {
  const compared = comparison === undefined ? {} : { comparison };
  return verdicts.length === 0 ? [compared] : verdicts.map((verdict) => ({ verdict, ...compared }));
}

function verdictsOf(told: readonly Told[]): readonly Verdict[] {
  return told.flatMap(({ verdicts }) => verdicts);
}

function markdownOf({ verdicts, comparison }: Told): string {
  if (verdicts.length > 0) return verdicts.map((verdict) => verdictMarkdown(verdict, comparison)).join('\n');
  if (comparison !== undefined) return comparisonMarkdown(comparison);
  throw new UserError('no gate has judged this run: there is nothing to tell as Markdown', {
    hint: 'flipgate report writes its page',
    exitCode: exitCodes.error,
  });
}

async function runsCsv({ candidate, comparison }: Told, withTexts: boolean): Promise<Pieces> {
  if (comparison !== undefined) return questionsCsv(comparison);
  if (candidate === undefined) return [];
  return callsCsv(callRows(candidate, (await readRecord(candidate))?.view), { withTexts });
}
