import path from 'node:path';
import { createRedactor } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import { commandPointer } from '../../pointers/command-rollback.ts';
import type { RollbackLog } from '../../store/documents/rollback.ts';
import type { AlertSetting } from './alert-rollback.ts';
import { rolledBackFrom } from './rolled-back.ts';

export interface RollbackParts {
  readonly config: Config;
  readonly world: Pick<World, 'clock' | 'environment'>;
  readonly log: RollbackLog;
  readonly snapshot: () => Pick<Snapshot, 'reported' | 'verdicts'>;
}

/** The configured rollback; `undefined` where none is. */
export function configuredRollback({
  config,
  world,
  log,
  snapshot,
}: RollbackParts): AlertSetting | undefined {
  const { rollback, baseline, candidate, folder, store, secrets } = config;
  if (rollback === undefined) return undefined;
  return {
    pointer: commandPointer(rollback, { workingDirectory: folder, environment: world.environment }),
    log,
    lock: path.join(store, 'rollbacks', 'lock'),
    redact: createRedactor(secrets),
    clock: world.clock,
    baseline,
    rolledBack: () => rolledBackFrom(candidate, readable(snapshot)),
  };
}

/** A store that cannot be read stops no rollback: then nobody knows what it was. */
function readable(snapshot: RollbackParts['snapshot']): ReturnType<RollbackParts['snapshot']> {
  try {
    return snapshot();
  } catch {
    return { reported: [], verdicts: [] };
  }
}
