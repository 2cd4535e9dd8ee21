import { UserError, exitCodes, messageOf, type ExitCode } from '../../base/errors.ts';
import { createRedactor, type Redact } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { alertRollback, type AlertRollback } from '../../app/rollback/alert-rollback.ts';
import { reportedArtifacts, type ReportedArtifacts } from '../../app/reported-artifacts.ts';
import { openRollbackHistory } from '../../store/documents/rollback-history.ts';
import { servedPolicy } from '../../exporter/pages/content-security-policy.ts';
import { createLiveCalls } from '../../exporter/live-calls.ts';
import { createApp, type AppOptions, type LogEntry } from '../../exporter/http/app.ts';
import { isLoopback } from '../../exporter/http/access.ts';
import { listen } from '../../exporter/http/listen.ts';
import type { ExportSource } from '../../exporter/source.ts';
import { configuredGold } from '../../app/configured-gates.ts';
import { sourceOf, versionsReaders } from '../../app/export.ts';
import type { ServeFlags } from './flags.ts';

type Log = (entry: LogEntry) => void;

/** Calls that were answered between two scrapes are looked for so often. */
const lookMilliseconds = 500;
const graceSeconds = 5;

/** Serves a store until told to stop; ends with 0. */
export async function serve(flags: ServeFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world);
  requireReadToken(config);
  const log = logTo(world, createRedactor(config.secrets));
  const exported = await openExport(config, world, log);
  const app = createApp({
    ...exported.app,
    pages: { policyOf: (page) => servedPolicy(page, world.build.pageAssets()), now: () => world.clock.now() },
    access: config.serve,
    clock: world.clock,
    log,
  });
  const looking = lookAgainAndAgain(exported.app.source, log);
  try {
    // Whoever is told that it listens may stop it at once.
    const stopped = interrupted(world);
    const listening = await listen(app, config.serve);
    world.stdout.write(`flipgate serves ${config.store} at ${listening.url}\n`);
    exported.askArms();
    await stopped;
    log({ level: 'info', message: 'stopping' });
    await listening.close(graceSeconds);
    await exported.rollback?.settled();
  } finally {
    clearInterval(looking);
    await exported.close();
  }
  return exitCodes.pass;
}

function requireReadToken({ serve: { host, readToken } }: Config): void {
  if (isLoopback(host) || readToken !== undefined) return;
  throw new UserError(`serving on "${host}" lets others connect, and no read token is set`, {
    hint: 'set FLIPGATE_READ_TOKEN (or serve.readToken), or listen on 127.0.0.1',
  });
}

interface Exported {
  /** Begins to ask the arms for their versions. */
  askArms(): void;
  readonly app: Pick<AppOptions, 'source' | 'live' | 'rollback'>;
  readonly rollback?: AlertRollback | undefined;
  close(): Promise<void>;
}

async function openExport(config: Config, world: World, log: Log): Promise<Exported> {
  const now = (): number => world.clock.now();
  const live = createLiveCalls(now());
  const history = openRollbackHistory(config.store);
  const reported = openReported(config, world, log);
  const gold = await configuredGold(config, world, (error) =>
    log({ level: 'error', message: `the gold set cannot be read: ${messageOf(error)}` }),
  );
  const source = sourceOf(config, world, { gold, history, reported, onCall: live.add });
  const settings = config.rollback;
  const redact = createRedactor(config.secrets);
  const rollback =
    settings && alertRollback({ settings, workingDirectory: config.folder, history, redact, now });
  return {
    askArms: reported.start,
    app: {
      source,
      live: live.histogram,
      rollback: rollback && { alerts: settings.alerts, trigger: rollback.trigger },
    },
    rollback,
    async close() {
      gold.close();
      await reported.close();
    },
  };
}

interface Reporting extends Pick<ReportedArtifacts, 'current' | 'close'> {
  start(): void;
}

/** Asks the arms once it is started: what asks them takes a tenth of a second to load, for which no probe is to wait. */
function openReported(config: Config, world: World, log: Log): Reporting {
  const now = (): number => world.clock.now();
  const onChange = (arm: string, problem: string | undefined): void =>
    log(
      problem === undefined
        ? { level: 'info', message: `arm "${arm}" tells its versions again` }
        : { level: 'warn', message: `arm "${arm}" does not tell its versions: ${problem}` },
    );
  let asking: Promise<ReportedArtifacts> | undefined;
  let asked: ReportedArtifacts | undefined;
  const open = async (): Promise<ReportedArtifacts> =>
    (asked = reportedArtifacts({ readers: await versionsReaders(config, world), now, onChange }));
  return {
    start() {
      asking = open();
      asking.catch((error: unknown) =>
        log({ level: 'error', message: `arms cannot be asked for their versions: ${messageOf(error)}` }),
      );
    },
    current: () => asked?.current() ?? [],
    // One that is being opened would go on asking, and keep the process.
    close: async () => {
      await asking?.then((opened) => opened.close()).catch(() => undefined);
    },
  };
}

/** Looks once before anybody asks, so that the first scrape does not wait for the reading of a large store. */
function lookAgainAndAgain(source: ExportSource, log: Log): NodeJS.Timeout {
  let problem: string | undefined;
  const look = (): void => {
    try {
      source.snapshot();
      problem = undefined;
    } catch (error) {
      if (messageOf(error) !== problem) log({ level: 'error', message: messageOf(error) });
      problem = messageOf(error);
    }
  };
  look();
  return setInterval(look, lookMilliseconds);
}

function logTo({ stderr, clock }: World, redact: Redact): Log {
  return (entry) =>
    stderr.write(`${redact(JSON.stringify({ time: new Date(clock.now()).toISOString(), ...entry }))}\n`);
}

function interrupted(world: World): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = world.onInterrupt(() => {
      stopListening();
      resolve();
    });
  });
}
