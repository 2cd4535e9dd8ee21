import { compareCodeUnits } from '../base/canonical.ts';
import { listDirectory } from '../base/files.ts';
import { runIdPattern } from '../plan/run-id.ts';

/** The ids of a store's runs, newest first. A missing store has none. */
export async function runIds(store: string): Promise<readonly string[]> {
  const names = await listDirectory(store, 'store ');
  return names.filter((name) => runIdPattern.test(name)).sort((a, b) => compareCodeUnits(b, a));
}
