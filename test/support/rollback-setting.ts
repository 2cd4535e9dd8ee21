import path from 'node:path';
import type { AlertSetting } from '../../src/app/rollback/alert-rollback.ts';
import { createRedactor } from '../../src/base/redact.ts';
import { commandPointer } from '../../src/pointers/command-rollback.ts';
import { openRollbackLog } from '../../src/store/documents/rollback.ts';
import { rollbackPrograms } from './rollback-programs.ts';

export const secret = 'correct-horse-battery-staple';

export interface SettingOptions {
  readonly command?: string;
  readonly timeoutSeconds?: number;
  /** 0 where it is not said: a command that does nothing has failed at once. */
  readonly settleSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A rollback in a folder that is the store and the programs' working directory. */
export function rollbackSetting(
  folder: string,
  { command, timeoutSeconds, settleSeconds = 0, now }: SettingOptions,
): AlertSetting {
  return {
    pointer: {
      ...commandPointer(rollbackPrograms(folder, command, timeoutSeconds).settings, {
        workingDirectory: folder,
        environment: process.env,
      }),
      settleSeconds,
    },
    log: openRollbackLog(folder, Date.now),
    lock: path.join(folder, 'rollbacks/lock'),
    redact: createRedactor([secret]),
    clock: { now, monotonic: () => performance.now() / 1000 },
    baseline: 'blue',
    rolledBack: () => ({ arm: 'green', artifact: 'a'.repeat(64), known_from: 'reported' }),
  };
}
