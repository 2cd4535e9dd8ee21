import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import type { KeysFlags } from './flags.ts';

/** `flipgate keys`: who signs. */
export const keysCommand: CommandFactory = (world, finish) => {
  const keys = new Command('keys').addHelpText(
    'after',
    '\nExample:\n  $ flipgate keys new --out flipgate.key\n',
  );
  keys
    .command('new')
    .description('make an Ed25519 key; prints the public half, which readers trust. Never overwrites')
    .requiredOption('--out <file>', 'the private key, readable by you alone')
    .option('--hmac', 'make a secret for one machine instead, which signs and checks')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate keys new --out flipgate.key\n  ed25519:MCowBQYDK2VwAyEA…\n',
    )
    .action(async (flags: KeysFlags) => {
      const { newKey } = await import('./action.ts');
      finish(newKey(flags, world));
    });
  return keys;
};
