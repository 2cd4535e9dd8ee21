import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import type { PushFlags } from './flags.ts';

/** `flipgate push`: sends the series of a store once. */
export const pushCommand: CommandFactory = (world, finish) =>
  new Command('push')
    .option(
      '--gateway <url>',
      'a Pushgateway: a group job/flipgate/arm/<arm> each, in the place of what stood there',
    )
    .option('--textfile <path>', "a file for node_exporter's textfile collector, written whole or not at all")
    .option('--otlp <url>', 'an OTLP receiver over HTTP, with its path: http://127.0.0.1:4318/v1/metrics')
    .option('--delete', 'delete the groups at the Pushgateway instead')
    .addOption(configFlag())
    .addOption(storeFlag())
    .addHelpText(
      'after',
      "\nPushed series stay where they are: whoever reads them has to look at their timestamps, as the shipped rules do.\n\nExample:\n  $ flipgate push --gateway http://pushgateway:9091\n  $ flipgate push --gateway 'https://ci:${GATEWAY_PASSWORD}@gateway.example'   # the name of the variable, in single quotes\n  $ flipgate push --textfile /var/lib/node_exporter/flipgate.prom\n",
    )
    .action(async (flags: PushFlags) => {
      const { push } = await import('./action.ts');
      finish(await push(flags, world));
    });
