import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import type { DrillFlags } from './flags.ts';

/** `flipgate drill`: rollback drills. */
export const drillCommand: CommandFactory = (world, finish) => {
  const drill = new Command('drill')
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', '\nExample:\n  $ flipgate drill record --pointer edge --ttr 42 --verified\n');
  drill
    .command('record')
    .description('record a rollback drill that was made by other means; the rule rollback_drill reads it')
    .requiredOption('--pointer <name>', 'the pointer that was flipped back')
    .requiredOption('--ttr <seconds>', 'from the decision to roll back until probes saw Blue again')
    .option('--verified', 'a probe saw the version fields of Blue again')
    .option('--finished-at <time>', 'when it ended, RFC 3339 with its zone (default: now)')
    .option('--note <text>', 'what was done, by whom')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate drill record --pointer edge --ttr 42 --verified --note "alias flipped by hand"\n',
    )
    .action(async (_: unknown, command: Command) => {
      const { recordDrill } = await import('./action.ts');
      finish(await recordDrill(command.optsWithGlobals<DrillFlags>(), world));
    });
  return drill;
};
