import { Command, Option } from 'commander';
import { importFormats } from '../../gold/imports/formats.ts';
import type { CommandFactory } from '../command.ts';
import { configFlag, settingFlag, storeFlag } from '../flags.ts';
import type { GoldFlags, GoldLintFlags, GoldExportFlags, GoldImportFlags } from './flags.ts';

const pathArgument = ['[path]', 'gold set (default: the configured one)'] as const;

/** `flipgate gold`: the questions everything rests on. */
export const goldCommand: CommandFactory = (world, finish) => {
  const gold = new Command('gold').addHelpText('after', '\nExample:\n  $ flipgate gold lint gold/\n');
  const child: Child = (name, description) =>
    gold
      .command(name)
      .description(description)
      .addOption(configFlag())
      .addOption(storeFlag())
      .option('--json', 'print one JSON document on stdout');
  addReaders(child, world, finish);
  addWriters(child, world, finish);
  return gold;
};

type Child = (name: string, description: string) => Command;
type Adder = (child: Child, ...whereAndHow: Parameters<CommandFactory>) => void;

/** What looks at a gold set. */
const addReaders: Adder = (child, world, finish) => {
  child('lint', 'check a gold set: anchors, paraphrases, distances, size')
    .argument(...pathArgument)
    .addOption(
      settingFlag(
        'paraphrases',
        '--paraphrases <n>',
        'paraphrases that each question should have (default: 3)',
      ),
    )
    .option('--strict', 'warnings fail too')
    .addHelpText('after', '\nExample:\n  $ flipgate gold lint gold/handbook\n')
    .action(async (path: string | undefined, flags: GoldLintFlags) =>
      finish(await (await import('./action.ts')).lint(path, flags, world)),
    );
  child(
    'calibrate',
    'tell how far questions are from their own anchors, and which limit on ΔS most of these keep',
  )
    .argument(...pathArgument)
    .addHelpText('after', '\nExample:\n  $ flipgate gold calibrate gold/handbook\n')
    .action(async (path: string | undefined, flags: GoldFlags) =>
      finish(await (await import('./calibrate.ts')).calibrateSet(path, flags, world)),
    );
  child('hash', "print a gold set's identity: the SHA-256 of its canonical form")
    .argument(...pathArgument)
    .addHelpText('after', '\nExample:\n  $ flipgate gold hash gold/handbook\n')
    .action(async (path: string | undefined, flags: GoldFlags) =>
      finish(await (await import('./action.ts')).hash(path, flags, world)),
    );
};

/** What makes one. */
const addWriters: Adder = (child, world, finish) => {
  child('export', 'write a gold set in another layout; its identity stays')
    .argument(...pathArgument)
    .requiredOption('--out <path>', '.json, .jsonl, .yaml, or a folder')
    .option(
      '--resolve',
      "write the anchors' texts in, so that no documents are needed (it is another set then)",
    )
    .option('--force', 'replace what is there')
    .addHelpText('after', '\nExample:\n  $ flipgate gold export gold/handbook --out gold_40.json\n')
    .action(async (path: string | undefined, flags: GoldExportFlags) =>
      finish(await (await import('./action.ts')).exportSet(path, flags, world)),
    );
  child('import', 'make a gold set of questions that you have elsewhere')
    .argument('<file>', 'CSV, promptfoo tests, ragas style rows, or TREC topics')
    .addOption(
      new Option('--from <format>', 'format of the file (default: guessed)').choices([...importFormats]),
    )
    .requiredOption('--out <path>', 'gold set to write: .jsonl, .json, .yaml')
    .option('--qrels <file>', 'TREC: relevance judgements')
    .option('--documents <file>', 'TREC: documents as JSON Lines with id and text')
    .option('--force', 'replace what is there')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate gold import tests.yaml --from promptfoo --out gold/gold.jsonl\n',
    )
    .action(async (file: string, flags: GoldImportFlags) =>
      finish(await (await import('./action.ts')).importSet(file, flags, world)),
    );
};
