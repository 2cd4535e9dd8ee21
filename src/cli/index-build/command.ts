import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, storeFlag } from '../flags.ts';
import type { IndexBuildFlags } from './flags.ts';

/** `flipgate index`: indexes for the `index` arm. */
export const indexCommand: CommandFactory = (world, finish) => {
  const index = new Command('index').addHelpText(
    'after',
    '\nExample:\n  $ flipgate index build --from gold/handbook --out docs_vB\n',
  );
  index
    .command('build')
    .description('chunk and embed a folder of Markdown or text')
    .requiredOption('--from <dir>', 'folder of .md and .txt files, read with its subfolders')
    .requiredOption('--out <dir>', 'folder to write the index to')
    .option('--source-prefix <prefix>', 'what source_url begins with (default: the name of the folder)')
    .option('--force', 'replace an index that is there')
    .addOption(configFlag())
    .addOption(storeFlag())
    .addHelpText('after', '\nExample:\n  $ flipgate index build --from gold/handbook --out docs_vB\n')
    .action(async (flags: IndexBuildFlags) => {
      const { buildIndex } = await import('./action.ts');
      finish(await buildIndex(flags, world));
    });
  return index;
};
