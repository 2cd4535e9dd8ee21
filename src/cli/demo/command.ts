import { Command, Option } from 'commander';
import { scenarioNames } from '../../demo/scenarios.ts';
import type { CommandFactory } from '../command.ts';
import { storeFlag } from '../flags.ts';
import type { DemoFlags } from './flags.ts';

/** `flipgate demo`: the main job on two reference arms, with nothing else installed. */
export const demoCommand: CommandFactory = (world, finish) =>
  new Command('demo')
    .addOption(
      new Option('--scenario <name>', 'what is wrong with Green')
        .choices([...scenarioNames])
        .default('healthy'),
    )
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  $ flipgate demo\n  $ flipgate demo --scenario stale-index\n')
    .action(async (flags: DemoFlags) => {
      const { demo } = await import('./action.ts');
      finish(await demo(flags, world));
    });
