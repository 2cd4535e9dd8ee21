import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { addName, configFlag, goldFlag, settingFlag, storeFlag } from '../flags.ts';
import type { CheckFlags } from './flags.ts';

/** `flipgate check`: what works and what is missing, before the first run. */
export const checkCommand: CommandFactory = (world, finish) =>
  new Command('check')
    .option('--arm <name>', 'an arm to check, repeatable (default: all configured)', addName)
    .addOption(settingFlag('blue', '--blue <url>', 'URL of the live arm; needs no configuration file'))
    .addOption(settingFlag('green', '--green <url>', 'URL of the candidate arm; needs no configuration file'))
    .addOption(goldFlag())
    .addOption(settingFlag('timeout', '--timeout <seconds>', 'time limit of the call (default: 30)'))
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', '\nExample:\n  $ flipgate check\n  $ flipgate check --arm green --json\n')
    .action(async (flags: CheckFlags) => {
      const { check } = await import('./action.ts');
      finish(await check(flags, world));
    });
