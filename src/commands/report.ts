import { Command, Option } from 'commander';
import type { Overrides } from '../config/overrides.ts';
import type { CommandFactory } from './command.ts';
import { configFlag, storeFlag } from './flags.ts';

export const reportFormats = ['markdown', 'junit', 'csv', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly format: ReportFormat;
  readonly out?: string;
}

/** `flipgate report`: what was judged, for machines and pull requests. */
export const reportCommand: CommandFactory = (world, finish) =>
  new Command('report')
    .argument('[gate]', 'the gate whose newest verdicts are told (default: every gate)')
    .addOption(new Option('--format <format>', 'what to write').choices([...reportFormats]).default('markdown'))
    .option('--out <path>', 'write to this file instead of stdout')
    .addOption(configFlag())
    .addOption(storeFlag())
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate report >> "$GITHUB_STEP_SUMMARY"\n  $ flipgate report acceptance --format junit --out flipgate.xml\n',
    )
    .action(async (gate: string | undefined, flags: ReportFlags) => {
      const { report } = await import('./report-action.ts');
      finish(await report(gate, flags, world));
    });
