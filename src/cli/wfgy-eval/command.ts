import { Command } from 'commander';
import type { CommandFactory } from '../command.ts';
import { configFlag, settingFlag, storeFlag } from '../flags.ts';
import type { WfgyEvalFlags } from './flags.ts';

/** `wfgy_eval`: `run` and `gate` on one retrieval-only arm. */
export const wfgyEvalCommand: CommandFactory = (world, finish) =>
  new Command('wfgy_eval')
    .description('Asks a gold set of one index and judges coverage and semantic distance.')
    .requiredOption('--index <name>', 'an arm of the configuration, or the path of an index')
    .addOption(settingFlag('gold', '--gold <file>', 'gold set: a file or a folder').makeOptionMandatory())
    .option('--min-cov <share>', 'smallest mean coverage that passes', '0.70')
    .option(
      '--max-ds <distance>',
      'largest ΔS(question, retrieved) that passes, of the worst paraphrase',
      '0.45',
    )
    .addOption(
      settingFlag(
        'paraphrases',
        '--paraphrases <n>',
        'paraphrases asked besides the question (default: 3, or what the gold set has)',
      ),
    )
    .addOption(settingFlag('seeds', '--seeds <list>', 'seeds (default: 1; retrieval has no use for more)'))
    .addOption(settingFlag('concurrency', '--concurrency <n>', 'calls under way (default: 16)'))
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 fail, 3 inconclusive, 4 error.\n\nExample:\n  $ wfgy_eval --gold gold_40.json --index docs_vB --min-cov 0.70 --max-ds 0.45\n',
    )
    .action(async (flags: WfgyEvalFlags) => {
      const { evaluateIndex } = await import('./action.ts');
      finish(await evaluateIndex(flags, world));
    });
