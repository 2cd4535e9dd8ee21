import path from 'node:path';
import { exitCodes, type ExitCode } from '../../base/errors.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { readExamples, type Example, type ExamplePair } from '../../reports/read/question-examples.ts';
import { wrapped } from '../../reports/terminal/columns.ts';
import { comparisonTable } from '../../reports/terminal/comparison-table.ts';
import { paintFor, type Paint } from '../../reports/terminal/paint.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import type { CompareFlags } from './flags.ts';
import { compareStored, type Compared } from '../../app/compare.ts';
import { readConfiguredGold } from '../../app/configured-gold.ts';

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
  const { comparison, folders, files } = await compareStored(meant, setting, flags.resamples);
  const json = flags.json === true;
  const examples = await worstExamples(comparison, folders, json ? shownExamples.json : shownExamples.table);
  print({ comparison, examples, files, json }, world);
  return exitCodes.pass;
}

function worstExamples(
  { questions }: Comparison,
  folders: Compared['folders'],
  shown: number,
): Promise<readonly ExamplePair[]> {
  return readExamples(questions.filter(({ worsening }) => worsening > 0).slice(0, shown), folders);
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
