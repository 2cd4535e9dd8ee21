import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RollbackSettings } from '../../src/pointers/command-rollback.ts';

/** Programs that move traffic by writing a file, and what they did. */
export interface RollbackPrograms {
  readonly settings: RollbackSettings;
  /** How often the command ran. */
  runs(): Promise<number>;
  /** How often it was verified. */
  looks(): Promise<number>;
  isOnBlue(): boolean;
  goGreen(): Promise<void>;
}

const shell = (script: string): string[] => ['sh', '-c', script];

/** `command` is a shell script; by default the one that works. Everything is in `folder`, which is the working directory. */
export function rollbackPrograms(
  folder: string,
  command = 'touch blue',
  timeoutSeconds = 10,
): RollbackPrograms {
  const blue = path.join(folder, 'blue');
  const linesIn = async (name: string): Promise<number> => {
    const file = path.join(folder, name);
    return existsSync(file) ? (await readFile(file, 'utf8')).split('\n').length - 1 : 0;
  };
  return {
    settings: {
      command: shell(`echo run >> runs; ${command}`),
      verify: { command: shell('echo look >> looks; test -e blue') },
      timeoutSeconds,
      pointer: 'edge',
    },
    runs: () => linesIn('runs'),
    looks: () => linesIn('looks'),
    isOnBlue: () => existsSync(blue),
    goGreen: () => rm(blue, { force: true }),
  };
}
