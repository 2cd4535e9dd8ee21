import { Command, CommanderError } from 'commander';
import { UserError, exitCodes, type ExitCode } from './base/errors.ts';
import { packageVersion } from './base/version.ts';
import type { Redact } from './base/redact.ts';
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
  return (await ended((inside) => programFor(inside, finish), world)) ?? code;
}

/** The second name, `wfgy_eval`: one retrieval-only arm, two rules. Ends like `main`. */
export async function wfgyEval(world: World): Promise<ExitCode> {
  let code: ExitCode = exitCodes.pass;
  const program = async (inside: World): Promise<Command> => {
    const { wfgyEvalCommand } = await import('./cli/wfgy-eval/command.ts');
    const command = wfgyEvalCommand(inside, (result) => (code = result));
    return command.version(packageVersion(), '-V, --version', 'print the version');
  };
  return (await ended(program, world)) ?? code;
}

/** Runs what the world's arguments name. Returns the exit code of what was thrown. */
async function ended(
  open: (world: World) => Promise<Command>,
  outside: World,
): Promise<ExitCode | undefined> {
  const secrets: string[] = [];
  const world = { ...outside, onSecrets: (more: readonly string[]) => void secrets.push(...more) };
  try {
    const program = await open(world);
    settle(program, world);
    await program.parseAsync([...world.arguments], { from: 'user' });
    return undefined;
  } catch (error) {
    return report(error, world, await redactorOf(secrets));
  }
}

async function redactorOf(secrets: readonly string[]): Promise<Redact> {
  if (secrets.length === 0) return (text) => text;
  const { createRedactor } = await import('./base/redact.ts');
  return createRedactor(secrets);
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

function report(error: unknown, world: World, redact: Redact): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  if (error instanceof UserError) {
    world.stderr.write(redact(`error: ${error.message}\n`));
    if (error.hint !== undefined) world.stderr.write(redact(`hint: ${error.hint}\n`));
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.stderr.write(
    `bug: ${redact(stack)}\nhint: please report this with the lines above; what was already measured is kept\n`,
  );
  return exitCodes.bug;
}
