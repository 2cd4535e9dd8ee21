import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { writeOutput } from '../../base/output-file.ts';
import { mapLimited } from '../../base/map-limited.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { callRows } from '../../reports/read/call-rows.ts';
import { readRecord } from '../../store/documents/run.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { callsCsv, questionsCsv, verdictsCsv } from '../../reports/csv.ts';
import { junitXml } from '../../reports/junit.ts';
import { comparisonMarkdown, verdictMarkdown } from '../../reports/markdown.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import { openInBrowser } from './open-in-browser.ts';
import { readConfiguredGold } from '../../app/configured-gold.ts';
import { reportTargets, type ReportTarget } from './report-target.ts';
import type { ReportFlags, ReportFormat } from './flags.ts';
import { writeStoredReport, type ReportSetting } from '../../app/report.ts';
import { revalidateAll } from '../../app/revalidate.ts';

type TextFormat = Exclude<ReportFormat, 'html'>;

/** What was asked for: named runs, or what gates judged. */
interface Telling {
  readonly told: readonly ReportTarget[];
  readonly named: boolean;
  readonly withTexts: boolean;
}

/** A report in pieces, one after the other. */
type Pieces = Iterable<string>;

const writers: Readonly<Record<TextFormat, (telling: Telling) => Pieces | Promise<Pieces>>> = {
  markdown: ({ told }) => [told.map(markdownOf).join('\n')],
  junit: ({ told }) => [junitXml(verdictsOf(told))],
  csv: async ({ told, named, withTexts }) =>
    named
      ? inTurn(await mapLimited(told, (one) => runsCsv(one, withTexts)))
      : [verdictsCsv(verdictsOf(told))],
  json: ({ told }) => [`${JSON.stringify(told.flatMap(documentsOf))}\n`],
};

/** Writes a report. Exit 0 when it was written, whatever it says; 4 when there is nothing to tell. */
export async function report(
  references: readonly string[],
  flags: ReportFlags,
  world: World,
): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.reporting });
  const setting = { config, world, gold: await readConfiguredGold(config, world.workingDirectory) };
  const subjects = await reportTargets(references, { config, world, unjudged: flags.format === 'html' });
  if (flags.format === 'html') return writePages(subjects, flags, setting);
  const told = await mapLimited(subjects, async (one) => ({
    ...one,
    verdicts: await revalidateAll(one.verdicts, setting),
  }));
  const named =
    references.length === 2 ||
    (references.length === 1 && !verdictsOf(told).some(({ gate }) => gate === references[0]));
  const pieces = await writers[flags.format]({ told, named, withTexts: flags.texts });
  if (flags.out === undefined || flags.out === '-') await print(pieces, world.stdout);
  else await writeOutput(path.resolve(world.workingDirectory, flags.out), pieces);
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

/** A page for each pair of runs that was judged; the first one alone where a file is named. */
async function writePages(
  told: readonly ReportTarget[],
  flags: ReportFlags,
  setting: ReportSetting,
): Promise<ExitCode> {
  const { world } = setting;
  const subjects = told.flatMap(({ candidate, baseline, comparison }) =>
    candidate === undefined ? [] : [{ candidate, baseline, comparison }],
  );
  const pairs = new Map(
    subjects.map((subject) => [`${subject.baseline?.id ?? ''}..${subject.candidate.id}`, subject]),
  );
  if (pairs.size === 0)
    throw new UserError('the runs that were judged are not in the store', { exitCode: exitCodes.error });
  if (flags.out === '-')
    throw new UserError('a page cannot be written to stdout', { hint: 'name a file with --out' });
  const named = flags.out === undefined ? undefined : path.resolve(world.workingDirectory, flags.out);
  for (const subject of [...pairs.values()].slice(0, named === undefined ? undefined : 1)) {
    const file = await writeStoredReport(subject, setting, { file: named, withTexts: flags.texts });
    world.stdout.write(`${path.relative(world.workingDirectory, file)}\n`);
    if (flags.open === true) await openInBrowser(file);
  }
  return exitCodes.pass;
}

/** One a verdict; the comparison alone where nothing was judged. */
function documentsOf({
  verdicts,
  comparison,
}: ReportTarget): readonly { readonly verdict?: Verdict; readonly comparison?: Comparison }[] {
  const compared = comparison === undefined ? {} : { comparison };
  return verdicts.length === 0 ? [compared] : verdicts.map((verdict) => ({ verdict, ...compared }));
}

function verdictsOf(told: readonly ReportTarget[]): readonly Verdict[] {
  return told.flatMap(({ verdicts }) => verdicts);
}

function markdownOf({ verdicts, comparison }: ReportTarget): string {
  if (verdicts.length > 0) return verdicts.map((verdict) => verdictMarkdown(verdict, comparison)).join('\n');
  if (comparison !== undefined) return comparisonMarkdown(comparison);
  throw new UserError('no gate has judged this run: there is nothing to report as Markdown', {
    hint: 'flipgate report writes its page',
    exitCode: exitCodes.error,
  });
}

async function runsCsv({ candidate, comparison }: ReportTarget, withTexts: boolean): Promise<Pieces> {
  if (comparison !== undefined) return questionsCsv(comparison);
  if (candidate === undefined) return [];
  return callsCsv(callRows(candidate, (await readRecord(candidate))?.view), { withTexts });
}
