import { Command, Option } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import { reportFormats, type ReportFlags } from './flags.ts';

/** `flipgate report`: what was measured and judged, for people, machines and pull requests. */
export const reportCommand: CommandFactory = (world, finish) =>
  new Command('report')
    .argument(
      '[ref...]',
      'one run, or baseline and candidate: ids, folders, or arms (their newest runs). Or a gate: what it judged last (default: the newest verdict of every gate)',
    )
    .addOption(new Option('--format <format>', 'what to write').choices([...reportFormats]).default('html'))
    .option(
      '--out <path>',
      'write to this file (default: report.html beside the run or comparison; other formats: stdout)',
    )
    .option('--open', 'show the page in the browser')
    .option(
      '--without-texts',
      'leave questions, answers and retrieved texts out, to share the page where they are private',
    )
    .addOption(configFlag())
    .addOption(storeFlag())
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate report --open\n  $ flipgate report blue green --without-texts --out shared.html\n  $ flipgate report --format markdown >> "$GITHUB_STEP_SUMMARY"\n  $ flipgate report acceptance --format junit --out flipgate.xml\n',
    )
    .action(
      async (
        references: readonly string[],
        flags: Omit<ReportFlags, 'texts'> & { readonly withoutTexts?: boolean },
      ) => {
        const { report } = await import('./action.ts');
        finish(await report(references, { ...flags, texts: flags.withoutTexts !== true }, world));
      },
    );
