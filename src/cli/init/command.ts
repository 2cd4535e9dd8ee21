import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';

/** `flipgate init`: a commented configuration and a small gold set to start from. */
export const initCommand: CommandFactory = (world, finish) =>
  new Command('init')
    .addHelpText('after', '\nExample:\n  $ flipgate init && $EDITOR flipgate.yaml && flipgate check\n')
    .action(async () => {
      const { init } = await import('./action.ts');
      finish(await init(world));
    });
