import { Option } from 'commander';
import { readOverride, type Overrides } from '../config/overrides.ts';

type Key = keyof Overrides;

/** A flag that stands for a setting of the configuration: read and checked the same way as its `FLIPGATE_…` variable. */
export function settingFlag(key: Key, flags: string, description: string): Option {
  const name = flags.split(/[ ,]/u)[0] ?? flags;
  return new Option(flags, description).argParser((text: string) => readOverride(key, text, name));
}

export const configFlag = (): Option =>
  settingFlag(
    'config',
    '--config <file>',
    'configuration file (default: flipgate.yaml here or the nearest above)',
  );
export const storeFlag = (): Option =>
  settingFlag('store', '--store <dir>', 'folder that runs are written to (default: reports)');
export const goldFlag = (): Option => settingFlag('gold', '--gold <path>', 'gold set: a folder or a file');

/** Gathers the names of a repeatable flag. */
export function addName(name: string, names: readonly string[] | undefined): readonly string[] {
  return [...(names ?? []), name];
}
