import { createLiveCalls, type LiveCalls } from '../../exporter/live-calls.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { Access } from '../../exporter/http/access.ts';
import { alertOutcomes, type AlertOutcome, type Rollback } from '../../exporter/http/alert-routes.ts';
import type { LogEntry } from '../../exporter/http/app.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import type { ExportSource } from '../../exporter/source.ts';
import { alertRollback, type AlertRollback, type AlertSetting } from '../rollback/alert-rollback.ts';
import { configuredRollback } from '../rollback/configured.ts';
import { renewPages } from './renew-pages.ts';
import { inForceBy, type InForce, type InForceOptions } from './in-force.ts';

export interface ServedOptions {
  readonly world: World;
  readonly log: (entry: LogEntry) => void;
  /** How the configuration was read last. */
  readonly reload: () => Snapshot['reload'];
  readonly logLinesDropped: () => number;
}

/** What a server shows and does, by the configuration that is in force when it is asked. */
export interface Served {
  readonly source: ExportSource;
  readonly access: Access;
  readonly live: LiveCalls['histogram'];
  readonly rollback: () => Rollback | undefined;
  /** Begins to ask the arms. */
  askArms(): void;
  /** Takes up what a process that died has left of a rollback; alerts that come meanwhile wait for it. */
  takeUp(): Promise<void>;
  /** Puts another configuration in force, whole and at once, when all that it needs is there. */
  apply(config: Config): Promise<void>;
  /** Waits for a rollback that goes on. */
  close(): Promise<void>;
}

export async function openServed(config: Config, options: ServedOptions): Promise<Served> {
  const live = createLiveCalls(options.world.clock.now());
  const actions = new Map<AlertOutcome, number>(alertOutcomes.map((outcome) => [outcome, 0]));
  const state: State = { current: undefined, renewing: undefined, actions, live };
  const dependent = dependentOn(state, options);
  state.current = await inForceBy(config, dependent);
  const alerts = alertRollback();
  return {
    source: sourceNow(() => inForce(state).source),
    access: accessNow(() => inForce(state).config.serve),
    live: live.histogram,
    rollback: () => rollbackNow(state, alerts, options),
    askArms: () => void inForce(state).reporting.start(),
    takeUp: () => takeUp(state, alerts, options),
    apply: (next) => apply(next, state, dependent),
    async close() {
      await alerts.settled();
      await state.renewing;
      inForce(state).gold.close();
      await inForce(state).reporting.close();
    },
  };
}

/** What changes while a server runs. */
interface State {
  /** Set before anybody asks. */
  current: InForce | undefined;
  readonly actions: Map<AlertOutcome, number>;
  /** Pages that are being written anew. */
  renewing: Promise<void> | undefined;
  readonly live: LiveCalls;
}

function inForce({ current }: State): InForce {
  if (current === undefined) throw new Error('no configuration is in force yet');
  return current;
}

function dependentOn(state: State, { world, log, reload, logLinesDropped }: ServedOptions): InForceOptions {
  return {
    world,
    log,
    live: state.live,
    current: () => inForce(state),
    more: () => ({
      reload: reload(),
      logLinesDropped: logLinesDropped(),
      ...(inForce(state).config.rollback !== undefined && {
        alertActions: Object.fromEntries(state.actions),
      }),
    }),
  };
}

async function apply(next: Config, state: State, options: InForceOptions): Promise<void> {
  const before = inForce(state);
  const prepared = await inForceBy(next, options, before);
  const isAsked = prepared.reporting === before.reporting;
  // Else nobody would know for a moment what the arms are, and no verdict could be held against that.
  if (!isAsked) await prepared.reporting.start();
  state.current = prepared;
  before.gold.close();
  if (!isAsked) await before.reporting.close();
}

function settingOf({ config, rollbacks: log, source }: InForce, world: World): AlertSetting | undefined {
  return configuredRollback({ config, world, log, snapshot: () => source.snapshot() });
}

function rollbackNow(
  state: State,
  alerts: AlertRollback,
  { world, log }: ServedOptions,
): Rollback | undefined {
  const setting = settingOf(inForce(state), world);
  return (
    setting && {
      alerts: inForce(state).config.rollback?.alerts ?? [],
      async trigger(meant) {
        const result = await alerts.trigger(meant, setting);
        log(entryOf(result));
        if (result.outcome === 'done') renew(state, { world, log });
        return result;
      },
      onOutcome: (outcome) => state.actions.set(outcome, (state.actions.get(outcome) ?? 0) + 1),
    }
  );
}

async function takeUp(state: State, alerts: AlertRollback, { world, log }: ServedOptions): Promise<void> {
  const setting = settingOf(inForce(state), world);
  const result = setting && (await alerts.takeUp(setting));
  if (result === undefined) return;
  log(entryOf(result));
  if (result.outcome === 'done') renew(state, { world, log });
}

/** Once for all posts that one rollback has answered; nobody waits for it but who stops the server. */
function renew(state: State, { world, log }: Pick<ServedOptions, 'world' | 'log'>): void {
  state.renewing ??= renewPages(inForce(state), world, log).finally(() => (state.renewing = undefined));
}

function entryOf({ outcome, reason, warnings }: Awaited<ReturnType<AlertRollback['trigger']>>): LogEntry {
  const level =
    outcome === 'failed' ? 'error' : warnings.length > 0 || outcome === 'refused' ? 'warn' : 'info';
  return { level, message: 'rollback', outcome, reason, ...(warnings.length > 0 && { warnings }) };
}

function accessNow(serve: () => Access): Access {
  return {
    get token() {
      return serve().token;
    },
    get readToken() {
      return serve().readToken;
    },
    get hosts() {
      return serve().hosts;
    },
  };
}

function sourceNow(source: () => ExportSource): ExportSource {
  return {
    snapshot: () => source().snapshot(),
    verdict: (question) => source().verdict(question),
    runs: () => source().runs(),
    page: (subject) => source().page(subject),
    ready: () => source().ready(),
  };
}
