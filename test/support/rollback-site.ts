import path from 'node:path';
import type { AlertSetting } from '../../src/app/rollback/alert-rollback.ts';
import type { RollbackLog } from '../../src/store/documents/rollback.ts';
import { jsonLines } from './cli.ts';
import { rollbackPrograms, type RollbackPrograms } from './rollback-programs.ts';
import { rollbackSetting, type SettingOptions } from './rollback-setting.ts';
import { emptyStore, noon } from './store-files.ts';

/** A folder in which traffic is on Green, and a rollback of it. */
export interface RollbackSite extends RollbackPrograms {
  readonly folder: string;
  readonly setting: AlertSetting;
  readonly log: RollbackLog;
  lines(): Promise<readonly Record<string, any>[]>;
}

export interface SiteOptions extends Partial<SettingOptions> {
  readonly folder?: string;
  readonly more?: Partial<AlertSetting>;
}

export async function rollbackSite(options: SiteOptions = {}): Promise<RollbackSite> {
  const folder = options.folder ?? (await emptyStore());
  const setting = { ...rollbackSetting(folder, { now: () => noon, ...options }), ...options.more };
  return {
    ...rollbackPrograms(folder, options.command, options.timeoutSeconds),
    folder,
    setting,
    log: setting.log,
    lines: () => jsonLines(path.join(folder, 'rollbacks/history.jsonl')),
  };
}
