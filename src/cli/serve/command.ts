import { Command } from 'commander';
import type { Overrides } from '../../config/overrides.ts';
import type { CommandFactory } from '../command.ts';
import { configFlag, settingFlag, storeFlag } from '../flags.ts';

interface WrittenFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly host?: string;
  readonly port?: number;
}

/** `flipgate serve`: the series, the gates and the runs of a store over HTTP. */
export const serveCommand: CommandFactory = (world, finish) =>
  new Command('serve')
    .addOption(settingFlag('listenHost', '--host <address>', 'the address to listen on (default: 127.0.0.1)'))
    .addOption(
      settingFlag('listenPort', '--port <n>', 'the port to listen on; 0 takes a free one (default: 9464)'),
    )
    .addOption(configFlag())
    .addOption(storeFlag())
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate serve\n  $ curl -s http://127.0.0.1:9464/v1/gates/acceptance?arm=green\n',
    )
    .action(async ({ host, port, ...flags }: WrittenFlags) => {
      const { serve } = await import('./action.ts');
      const listening = {
        ...(host === undefined ? {} : { listenHost: host }),
        ...(port === undefined ? {} : { listenPort: port }),
      };
      finish(await serve({ ...flags, ...listening }, world));
    });
