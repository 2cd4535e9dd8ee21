import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import type { VerifyFlags } from './flags.ts';

/** `flipgate verify [STORE]`: for auditors. */
export const verifyCommand: CommandFactory = (world, finish) =>
  new Command('verify')
    .argument('[store]', 'the store (default: the configured one)')
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is signed by a trusted key, 1 something is not what was written, 3 nothing proves who wrote it, 4 something cannot be read.\n\nExample:\n  $ flipgate verify reports\n',
    )
    .action(async (store: string | undefined, flags: VerifyFlags) => {
      const { verify } = await import('./action.ts');
      finish(await verify(store, flags, world));
    });
