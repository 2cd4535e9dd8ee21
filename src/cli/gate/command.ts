import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { addName, configFlag, goldFlag, storeFlag } from '../flags.ts';
import type { GateFlags } from './flags.ts';

/** `flipgate gate NAME`: judges stored runs. */
export const gateCommand: CommandFactory = (world, finish) =>
  new Command('gate')
    .argument('[name]', 'the gate: acceptance, watch, or one of the configuration')
    .option(
      '--baseline <ref>',
      "the live arm's run: an id, a folder, or an arm (its newest run; default: the configured baseline)",
    )
    .option('--candidate <ref>', "the candidate's run (default: the configured candidate)")
    .option(
      '--window <ref>',
      'an earlier window of the candidate, repeatable, oldest first: for rules that want a streak',
      addName,
    )
    .option('--artifact <sha>', 'error unless the run is about this artifact')
    .option('--max-age <seconds>', "error when the evidence is older; can only shorten the gate's own limit")
    .option('--recompute', 'embed and score both runs again before judging')
    .option('--plan', 'show how many questions, phrasings and seeds each limit needs; judges nothing')
    .addOption(goldFlag())
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .option(
      '--attest',
      'print the signed envelope of the verdict on stdout: DSSE around an in-toto statement',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 fail, 3 inconclusive, 4 error.\n\nExample:\n  $ flipgate gate acceptance\n  $ flipgate gate acceptance --candidate 20261122T213000Z-green-3f9a1c --json\n',
    )
    .action(async (name: string | undefined, flags: GateFlags) => {
      const { gate } = await import('./action.ts');
      finish(await gate(name, flags, world));
    });
