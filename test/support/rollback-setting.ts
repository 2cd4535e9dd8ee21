import path from 'node:path';
import type { AlertSetting } from '../../src/app/rollback/alert-rollback.ts';
import { createRedactor } from '../../src/base/redact.ts';
import { commandPointer } from '../../src/pointers/command-rollback.ts';
import { openRollbackLog, type RollbackLog } from '../../src/store/documents/rollback-log.ts';
import { jsonLines } from './cli.ts';
import { rollbackPrograms, type RollbackPrograms } from './rollback-programs.ts';
import { emptyStore, noon } from './store-files.ts';

export const secret = 'correct-horse-battery-staple';

/** A rollback in a folder that is the store and the programs' working directory. */
export interface RollbackSite extends RollbackPrograms {
  readonly folder: string;
  readonly setting: AlertSetting;
  readonly log: RollbackLog;
  lines(): Promise<readonly Record<string, any>[]>;
}

export interface SiteOptions {
  readonly command?: string;
  readonly timeoutSeconds?: number;
  readonly folder?: string;
  /** Milliseconds since 1970; noon by default. */
  readonly now?: () => number;
  readonly more?: Partial<AlertSetting>;
}

export async function rollbackSite(options: SiteOptions = {}): Promise<RollbackSite> {
  const folder = options.folder ?? (await emptyStore());
  const programs = rollbackPrograms(folder, options.command, options.timeoutSeconds);
  const log = openRollbackLog(folder, Date.now);
  const setting: AlertSetting = {
    pointer: commandPointer(programs.settings, folder),
    log,
    lock: path.join(folder, 'rollbacks/lock'),
    redact: createRedactor([secret]),
    clock: { now: options.now ?? (() => noon), monotonic: () => performance.now() / 1000 },
    baseline: 'blue',
    rolledBack: () => ({ arm: 'green', artifact: 'a'.repeat(64), known_from: 'reported' }),
    ...options.more,
  };
  return {
    ...programs,
    folder,
    setting,
    log,
    lines: () => jsonLines(path.join(folder, 'rollbacks/history.jsonl')),
  };
}
