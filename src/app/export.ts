import { defaultMaxResponseBytes } from '../arms/context.ts';
import type { VersionsReader } from '../arms/versions-url.ts';
import { createRedactor } from '../base/redact.ts';
import { packageVersion } from '../base/version.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { exportedStore } from '../exporter/exported-store.ts';
import type { FollowOptions } from '../exporter/follow/run.ts';
import type { ReportedArtifacts } from './reported-artifacts.ts';
import type { RollbackHistory } from '../store/documents/rollback-history.ts';
import type { ExportSource } from '../exporter/source.ts';
import { expectationsOf, type ConfiguredGold } from './configured-gates.ts';

export interface ExportParts {
  readonly gold: ConfiguredGold;
  readonly history: RollbackHistory;
  readonly reported: Pick<ReportedArtifacts, 'current'>;
  readonly onCall: FollowOptions['onCall'];
}

/** The configured store as the exporters read it. */
export function sourceOf(
  config: Config,
  world: World,
  { gold, history, reported, onCall }: ExportParts,
): ExportSource {
  const build = { version: packageVersion(), revision: world.build.revision(), node: process.versions.node };
  return exportedStore({
    ...config,
    toolLoop: config.scoring.toolLoop,
    onCall,
    now: () => world.clock.now(),
    monotonic: () => world.clock.monotonic(),
    expectations: expectationsOf(config),
    configuredGold: gold.current,
    pageAssets: world.build.pageAssets,
    rest: () => ({ reported: reported.current(), rollbacks: history.counts(), build }),
  });
}

/** A reader for every arm with a `versionsUrl`. What reads it is loaded only where there is one: a tenth of a second. */
export async function versionsReaders(
  { arms, secrets }: Config,
  { clock }: Pick<World, 'clock'>,
): Promise<ReadonlyMap<string, VersionsReader>> {
  const asked = [...arms].filter(([, settings]) => settings.versionsUrl !== undefined);
  if (asked.length === 0) return new Map();
  const { openVersionsReader } = await import('../arms/versions-url.ts');
  const redact = createRedactor(secrets);
  const context = {
    redact,
    userAgent: `flipgate/${packageVersion()}`,
    maxResponseBytes: defaultMaxResponseBytes,
    clock,
  };
  return new Map(asked.map(([name, settings]) => [name, openVersionsReader(settings, context)]));
}
