import path from 'node:path';
import { exitCodes, type ExitCode } from '../../base/errors.ts';
import { writeAtomically } from '../../base/files.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { readExamples, type Example, type ExamplePair } from '../../reports/read/question-examples.ts';
import { storeComparison } from '../../store/documents/comparison.ts';
import { wrapped } from '../../reports/terminal/columns.ts';
import { comparisonTable } from '../../reports/terminal/comparison-table.ts';
import { paintFor, type Paint } from '../../reports/terminal/paint.ts';
import { drawResamples } from '../../statistics/bootstrap.ts';
import { compareRuns, type Comparison } from '../../statistics/comparison.ts';
import type { CompareFlags } from './flags.ts';
import { comparablePair, foldersOf, type Folders } from '../../app/stored-pair.ts';
import { readConfiguredGold } from '../../app/configured-gold.ts';
import { renewReports, renewingPages } from '../../app/renew-reports.ts';
import type { ReportSetting } from '../../app/report.ts';

/** Questions whose words are shown: the worst. */
const shownExamples = { table: 3, json: 10 } as const;

/** Compares two stored runs, cell by cell, and stores the comparison. Exit 0 whatever it shows: judging is the gate's. */
export async function compare(
  references: { readonly baseline: string | undefined; readonly candidate: string | undefined },
  flags: CompareFlags,
  world: World,
): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.judging });
  const meant = {
    baseline: references.baseline ?? config.baseline,
    candidate: references.candidate ?? config.candidate,
  };
  const setting = { config, world, gold: await readConfiguredGold(config, world.workingDirectory) };
  return renewingPages([meant.candidate], setting, async () =>
    compareFolders(await foldersOf(meant, config, world), flags, setting),
  );
}

async function compareFolders(
  folders: Required<Folders>,
  flags: CompareFlags,
  setting: ReportSetting,
): Promise<ExitCode> {
  const { config, world } = setting;
  const pair = await comparablePair(folders, config);
  const comparison = compareRuns(pair);
  const file = await storeComparison(config.store, comparison);
  if (flags.resamples !== undefined)
    await writeResamples(
      path.resolve(world.workingDirectory, flags.resamples),
      pair.candidate.shape.questions,
      comparison,
    );
  const worst = comparison.questions
    .filter(({ worsening }) => worsening > 0)
    .slice(0, flags.json === true ? shownExamples.json : shownExamples.table);
  const examples = await readExamples(worst, folders);
  const reports = await renewReports(
    { candidate: folders.candidate.id, baseline: folders.baseline.id },
    setting,
  );
  print({ comparison, examples, files: [file, ...reports], json: flags.json === true }, world);
  return exitCodes.pass;
}

/** A header line with the questions in order, then one line a resample: the places of its drawn questions. */
async function writeResamples(
  file: string,
  questions: readonly string[],
  { bootstrap }: Comparison,
): Promise<void> {
  const lines = [`${JSON.stringify({ schema: 'flipgate.resamples/1', ...bootstrap, questions })}\n`];
  drawResamples({ ...bootstrap, questions: questions.length }, (_, drawn) =>
    lines.push(`[${drawn.join(',')}]\n`),
  );
  await writeAtomically(file, lines);
}

interface Shown {
  readonly comparison: Comparison;
  readonly examples: readonly ExamplePair[];
  /** The comparison and its report. */
  readonly files: readonly string[];
  readonly json: boolean;
}

function print({ comparison, examples, files, json }: Shown, world: World): void {
  if (json) {
    world.stdout.write(`${JSON.stringify({ ...comparison, examples })}\n`);
    return;
  }
  const paint = paintFor(world.stdout, world.environment);
  const parts = [
    comparisonTable(comparison, paint),
    ...examples.flatMap((example) => exampleLines(example, comparison, paint)),
  ];
  const places = files.map((file) => `  ${path.relative(world.workingDirectory, file)}\n`);
  world.stdout.write(
    `${parts.join('\n')}\n\nstored as\n${places.join('')}\nnext: flipgate gate acceptance; flipgate report for the page\n`,
  );
}

function exampleLines(
  pair: ExamplePair,
  { baseline, candidate }: Comparison,
  paint: Paint,
): readonly string[] {
  const side = (arm: string, example: Example | undefined): readonly string[] => {
    if (example === undefined) return [];
    const sections = example.retrieved
      .map(({ section_id, snippet_id }) => sanitizeForTerminal(section_id ?? snippet_id ?? '?', 40))
      .join(', ');
    return [
      wrapped(sections === '' ? 'nothing' : sections, { start: `    ${arm} retrieved `, hanging: 6 }),
      wrapped(sanitizeForTerminal(example.answer ?? example.outcome, 160), {
        start: `    ${arm} answered `,
        hanging: 6,
      }),
    ];
  };
  return [
    '',
    wrapped(sanitizeForTerminal(pair.asked ?? '', 120), {
      start: `  ${paint.bold(sanitizeForTerminal(pair.question))} (phrasing ${pair.phrasing}, seed ${pair.seed})  `,
      hanging: 4,
    }),
    ...side(baseline.arm, pair.baseline),
    ...side(candidate.arm, pair.candidate),
  ];
}
