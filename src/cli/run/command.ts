import { Command, Option } from 'commander';
import type { CommandFactory } from '../command.ts';
import { addName, configFlag, goldFlag, settingFlag, storeFlag } from '../flags.ts';
import type { RunFlags } from './flags.ts';

/** `flipgate run`: asks, measures, records. */
export const runCommand: CommandFactory = (world, finish) =>
  planFlags(new Command('run'))
    .option('--dry-run', 'show calls, minutes and tokens; ask nothing')
    .option('--resume [id]', 'resume a run or a session (default: the newest session)')
    .option('--gate <name>', "judge this gate at the end; the exit code is the verdict's")
    .addOption(
      new Option('--no-scores', 'measure latency and faults only; flipgate runs score adds the scores later'),
    )
    .addOption(configFlag())
    .addOption(storeFlag())
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate run --blue http://127.0.0.1:8001/ask --green http://127.0.0.1:8002/ask --gold gold/handbook\n  $ flipgate run --gate acceptance\n  $ flipgate run --arm green --resume\n',
    )
    .action(async (flags: RunFlags) => {
      const { run } = await import('./action.ts');
      finish(await run(flags, world));
    });

/** What to ask of which arms, and how fast. */
function planFlags(command: Command): Command {
  return command
    .option('--arm <name>', 'an arm to ask, repeatable (default: all configured)', addName)
    .addOption(settingFlag('blue', '--blue <url>', 'URL of the live arm; needs no configuration file'))
    .addOption(settingFlag('green', '--green <url>', 'URL of the candidate arm; needs no configuration file'))
    .addOption(goldFlag())
    .addOption(
      settingFlag('paraphrases', '--paraphrases <n>', 'paraphrases asked besides the question (default: 3)'),
    )
    .addOption(
      settingFlag('seeds', '--seeds <list>', 'seeds handed to the arm, for example 1,2 (default: 1,2)'),
    )
    .addOption(settingFlag('concurrency', '--concurrency <n>', 'calls under way per arm (default: 16)'))
    .addOption(
      settingFlag(
        'rate',
        '--rate <n>',
        'calls per second and arm, an open loop: latency counts from the scheduled start',
      ),
    )
    .addOption(
      settingFlag(
        'timeout',
        '--timeout <seconds>',
        'a call without a complete response by then is a timeout (default: 30)',
      ),
    )
    .addOption(settingFlag('limit', '--limit <n>', 'ask only this many questions: a seeded sample'))
    .addOption(settingFlag('tag', '--tag <tag>', 'ask only the questions with this tag'))
    .addOption(settingFlag('warmup', '--warmup <n>', 'questions asked beforehand and not measured'))
    .addOption(settingFlag('maxCalls', '--max-calls <n>', 'refuse a plan with more calls than this'));
}
