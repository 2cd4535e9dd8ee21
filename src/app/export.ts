import { packageVersion } from '../base/version.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { exportedStore } from '../exporter/exported-store.ts';
import type { FollowOptions } from '../exporter/follow/run.ts';
import type { ReportedArtifacts } from './arms/reported-artifacts.ts';
import type { RollbackLog } from '../store/documents/rollback.ts';
import type { ArmRole, Snapshot } from '../exporter/snapshot.ts';
import type { ExportSource } from '../exporter/source.ts';
import { expectationsOf } from './configured-gates.ts';
import type { ConfiguredGold } from './configured-gold.ts';
import { exportedSigning } from './signing/facts.ts';
import { signingOf } from './signing/signing.ts';
import { configuredSubject } from './configured-subject.ts';

export interface ExportParts {
  readonly gold: Pick<ConfiguredGold, 'current'>;
  readonly rollbacks: Pick<RollbackLog, 'events'>;
  readonly reported: Pick<ReportedArtifacts, 'current'>;
  readonly onCall: FollowOptions['onCall'];
  /** What is configured by now, where that changes; the store, the baseline and the tool loops stay. */
  readonly current?: (() => Config) | undefined;
  /** What only a server has. */
  readonly more?: (() => Pick<Snapshot, 'alertActions' | 'reload' | 'logLinesDropped'>) | undefined;
}

/** The configured store as the exporters read it. */
export function sourceOf(
  config: Config,
  world: World,
  { gold, rollbacks, reported, onCall, current = () => config, more = () => ({}) }: ExportParts,
): ExportSource {
  const build = { version: packageVersion(), revision: world.build.revision(), node: process.versions.node };
  const { store, baseline, scoring } = config;
  let known: { readonly of: Config; readonly expectations: ReturnType<typeof expectationsOf> } | undefined;
  return exportedStore({
    store,
    baseline,
    toolLoop: scoring.toolLoop,
    onCall,
    now: () => world.clock.now(),
    monotonic: () => world.clock.monotonic(),
    get candidate() {
      return current().candidate;
    },
    get expectations() {
      const now = current();
      if (known?.of !== now) known = { of: now, expectations: expectationsOf(now) };
      return known.expectations;
    },
    signing: exportedSigning(() => signingOf(current(), world)),
    configured: () => configuredSubject(current(), gold.current()),
    get reporting() {
      return armsWithVersionsUrl(current());
    },
    rollbacks: () => rollbacks.events(),
    rest: () => ({ reported: reported.current(), roles: rolesOf(current()), build, ...more() }),
    pageAssets: world.build.pageAssets,
  });
}

/** Without a configuration the names are nothing but defaults: nobody said that they are anybody's. */
export function rolesOf({
  file,
  arms,
  baseline,
  candidate,
}: Pick<Config, 'file' | 'arms' | 'baseline' | 'candidate'>): readonly ArmRole[] {
  if (file === undefined && arms.size === 0) return [];
  return [
    { arm: baseline, role: 'baseline' },
    { arm: candidate, role: 'candidate' },
  ];
}

function armsWithVersionsUrl({ arms }: Config): ReadonlySet<string> {
  return new Set([...arms].flatMap(([arm, { versionsUrl }]) => (versionsUrl === undefined ? [] : [arm])));
}
