import { UserError, exitCodes, messageOf, type ExitCode } from '../../base/errors.ts';
import { createRedactor, type Redact } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { openServed } from '../../app/serve/served.ts';
import { servedPolicy } from '../../exporter/pages/content-security-policy.ts';
import { createApp, type LogEntry } from '../../exporter/http/app.ts';
import { isLoopback } from '../../exporter/http/access.ts';
import { listen } from '../../exporter/http/listen.ts';
import type { ExportSource } from '../../exporter/source.ts';
import type { ServeFlags } from './flags.ts';

type Log = (entry: LogEntry) => void;

/** Calls that were answered between two scrapes are looked for so often. */
const lookMilliseconds = 500;
const graceSeconds = 5;

/** Serves a store until told to stop; ends with 0. */
export async function serve(flags: ServeFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.serving });
  requireReadToken(config);
  const log = logTo(world, createRedactor(config.secrets));
  const served = await openServed(config, { world, log, reload: () => undefined });
  const app = createApp({
    ...served,
    pages: { policyOf: (page) => servedPolicy(page, world.build.pageAssets()), now: () => world.clock.now() },
    clock: world.clock,
    log,
  });
  const looking = lookAgainAndAgain(served.source, log);
  try {
    // Whoever is told that it listens may stop it at once.
    const stopped = interrupted(world);
    const takenUp = served.takeUp();
    // A store that cannot be read is told by the look above, and when somebody asks.
    await served.source.ready().catch(() => undefined);
    const listening = await listen(app, config.serve);
    world.stdout.write(`flipgate serves ${config.store} at ${listening.url}\n`);
    served.askArms();
    await stopped;
    log({ level: 'info', message: 'stopping' });
    await listening.close(graceSeconds);
    await takenUp;
  } finally {
    clearInterval(looking);
    await served.close();
  }
  return exitCodes.pass;
}

function requireReadToken({ serve: { host, readToken } }: Config): void {
  if (isLoopback(host) || readToken !== undefined) return;
  throw new UserError(`serving on "${host}" lets others connect, and no read token is set`, {
    hint: 'set FLIPGATE_READ_TOKEN (or serve.readToken), or listen on 127.0.0.1',
  });
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
