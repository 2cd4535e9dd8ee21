import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RollbackSettings } from '../../src/pointers/command-rollback.ts';

/** Programs that move traffic by writing a file, and what they did. */
export interface RollbackPrograms {
  readonly settings: RollbackSettings;
  /** How often the command ran. */
  runs(): Promise<number>;
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
  const [blue, log] = [path.join(folder, 'blue'), path.join(folder, 'runs')];
  return {
    settings: {
      command: shell(`echo run >> runs; ${command}`),
      verify: { command: shell('test -e blue') },
      timeoutSeconds,
      pointer: 'edge',
    },
    runs: async () => (existsSync(log) ? (await readFile(log, 'utf8')).split('\n').length - 1 : 0),
    isOnBlue: () => existsSync(blue),
    goGreen: () => rm(blue, { force: true }),
  };
}
