import { canonicalJson } from '../../base/canonical.ts';
import { messageOf } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { LogEntry } from '../../exporter/http/app.ts';
import type { LiveCalls } from '../../exporter/live-calls.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import type { ExportSource } from '../../exporter/source.ts';
import { openRollbackLog, type RollbackLog } from '../../store/documents/rollback.ts';
import { followConfiguredGold, type ConfiguredGold } from '../configured-gold.ts';
import { expectationsOf } from '../configured-gates.ts';
import { sourceOf } from '../export.ts';
import { openReporting, type Reporting } from './reporting.ts';

/** A configuration and all that depends on it. */
export interface InForce {
  readonly config: Config;
  readonly gold: ConfiguredGold;
  readonly reporting: Reporting;
  readonly source: ExportSource;
  readonly rollbacks: RollbackLog;
}

export interface InForceOptions {
  readonly world: World;
  readonly log: (entry: LogEntry) => void;
  readonly live: LiveCalls;
  /** What is in force while something is asked. */
  readonly current: () => Pick<InForce, 'config' | 'gold' | 'reporting'>;
  readonly more: () => Pick<Snapshot, 'alertActions' | 'reload' | 'logLinesDropped'>;
}

/** All that a configuration needs. It keeps of what was in force `before` what it does not change: a store that is followed is not read anew. */
export async function inForceBy(config: Config, options: InForceOptions, before?: InForce): Promise<InForce> {
  const { world, log } = options;
  // A policy that makes no sense is a mistake now, not at every question.
  expectationsOf(config);
  const gold = await followConfiguredGold(config, {
    workingDirectory: world.workingDirectory,
    clock: world.clock,
    onProblem: (error) =>
      log({ level: 'error', message: `the gold set cannot be read: ${messageOf(error)}` }),
  });
  const reporting = reportingOf(config, options, before);
  if (before !== undefined && followed(config) === followed(before.config))
    return { ...before, config, gold, reporting };
  const rollbacks = openRollbackLog(config.store, () => world.clock.now());
  return { config, gold, reporting, rollbacks, source: sourceBy(config, rollbacks, options) };
}

function sourceBy(config: Config, rollbacks: RollbackLog, options: InForceOptions): ExportSource {
  const { world, live, current, more } = options;
  const since = world.clock.now();
  return sourceOf(config, world, {
    current: () => current().config,
    gold: { current: () => current().gold.current() },
    reported: { current: () => current().reporting.current() },
    rollbacks,
    onCall: (arm, line) => {
      // Of what is read anew when the store changes, the rest was counted or is of another time.
      if (Date.parse(line.at) >= since) live.add(arm, line);
    },
    more,
  });
}

function reportingOf(config: Config, { world, log }: InForceOptions, before: InForce | undefined): Reporting {
  return before !== undefined && asked(config) === asked(before.config)
    ? before.reporting
    : openReporting(config, world, log);
}

function followed({ store, baseline, scoring }: Config): string {
  return canonicalJson({ store, baseline, toolLoop: scoring.toolLoop });
}

function asked({ arms }: Config): string {
  return canonicalJson(Object.fromEntries(arms));
}
