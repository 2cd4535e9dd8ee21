import { defaultMaxResponseBytes } from '../arms/context.ts';
import { openVersionsReader, type VersionsReader } from '../arms/versions-url.ts';
import { createRedactor } from '../base/redact.ts';
import { packageVersion } from '../base/version.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { exportedStore } from '../engine/exported-store.ts';
import type { FollowOptions } from '../engine/followed-run.ts';
import type { ReportedArtifacts } from '../engine/reported-artifacts.ts';
import type { RollbackHistory } from '../engine/rollback-history.ts';
import type { ExportSource } from '../telemetry/source.ts';
import { expectationsOf, type ConfiguredGold } from './configured-gates.ts';

export interface ExportParts {
  readonly gold: ConfiguredGold;
  readonly history: RollbackHistory;
  readonly reported: Pick<ReportedArtifacts, 'current'>;
  readonly onCall: FollowOptions['onCall'];
}

const build = { version: packageVersion(), revision: 'unknown', node: process.versions.node };

/** The configured store as the exporters read it. */
export function sourceOf(config: Config, world: World, { gold, history, reported, onCall }: ExportParts): ExportSource {
  return exportedStore({
    ...config,
    toolLoop: config.scoring.toolLoop,
    onCall,
    now: () => world.clock.now(),
    expectations: expectationsOf(config),
    configuredGold: gold.current,
    rest: () => ({ reported: reported.current(), rollbacks: history.counts(), build }),
  });
}

/** A reader for every arm with a `versionsUrl`. */
export function versionsReaders(config: Config): ReadonlyMap<string, VersionsReader> {
  const redact = createRedactor(config.secrets);
  const context = { redact, userAgent: `flipgate/${packageVersion()}`, maxResponseBytes: defaultMaxResponseBytes };
  return new Map(
    [...config.arms].flatMap(([name, settings]) =>
      settings.versionsUrl === undefined ? [] : [[name, openVersionsReader(settings, context)]],
    ),
  );
}
