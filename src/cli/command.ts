import type { Command } from 'commander';
import type { ExitCode } from '../base/errors.ts';
import type { World } from '../base/world.ts';

/** Makes a command: its flags and help; what it does is imported when it is called. The description stands in the list of commands. */
export type CommandFactory = (world: World, finish: (code: ExitCode) => void) => Command;
