import { Command, CommanderError } from 'commander';
import { UserError, exitCodes, type ExitCode } from './base/errors.ts';
import { packageVersion } from './base/version.ts';
import type { World } from './base/world.ts';
import { commandNamed } from './cli/command-named.ts';
import { commands } from './cli/commands.ts';
import { refuseNotHereYet } from './cli/not-here-yet.ts';

/**
 * Runs the command that the world's arguments name and returns its exit code. A mistake of the user becomes a message and a hint; anything
 * else that is thrown is a bug and keeps its stack.
 */
export async function main(world: World): Promise<ExitCode> {
  let code: ExitCode = exitCodes.pass;
  const finish = (result: ExitCode): void => {
    code = result;
  };
  return (await ended(() => programFor(world, finish), world)) ?? code;
}

/** The second name, `wfgy_eval`: one retrieval-only arm, two rules. Ends like `main`. */
export async function wfgyEval(world: World): Promise<ExitCode> {
  let code: ExitCode = exitCodes.pass;
  const program = async (): Promise<Command> => {
    const { wfgyEvalCommand } = await import('./cli/wfgy-eval/command.ts');
    const command = wfgyEvalCommand(world, (result) => (code = result));
    return command.version(packageVersion(), '-V, --version', 'print the version');
  };
  return (await ended(program, world)) ?? code;
}

/** Runs what the world's arguments name. Returns the exit code of what was thrown. */
async function ended(open: () => Promise<Command>, world: World): Promise<ExitCode | undefined> {
  try {
    const program = await open();
    settle(program, world);
    await program.parseAsync([...world.arguments], { from: 'user' });
    return undefined;
  } catch (error) {
    return report(error, world);
  }
}

/** Every command, the one that is named with its flags. */
async function programFor(world: World, finish: (code: ExitCode) => void): Promise<Command> {
  const program = programOf();
  const named = commandNamed(world.arguments);
  refuseNotHereYet(named);
  for (const listed of commands) {
    const command = listed.name === named ? (await listed.load())(world, finish) : new Command(listed.name);
    program.addCommand(command.description(listed.description));
  }
  return program;
}

function programOf(): Command {
  return new Command('flipgate')
    .description('Decides, with evidence, whether live traffic of a RAG stack may move from Blue to Green.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand(true)
    .showHelpAfterError('(flipgate --help lists the commands)')
    .addHelpText(
      'after',
      '\nExample:\n  $ flipgate demo\n  $ flipgate run --blue https://blue.example/ask --green https://green.example/ask --gold gold/\n',
    );
}

/** Settings that every command, at any depth, needs alike. */
function settle(command: Command, world: World): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => world.stdout.write(text),
    writeErr: (text) => world.stderr.write(text),
    getOutHelpWidth: () => Math.min(world.stdout.columns, 110),
    getErrHelpWidth: () => Math.min(world.stderr.columns, 110),
  });
  for (const child of command.commands) settle(child, world);
}

function report(error: unknown, world: World): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  if (error instanceof UserError) {
    world.stderr.write(`error: ${error.message}\n`);
    if (error.hint !== undefined) world.stderr.write(`hint: ${error.hint}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.stderr.write(
    `bug: ${stack}\nhint: please report this with the lines above; what was already measured is kept\n`,
  );
  return exitCodes.bug;
}
