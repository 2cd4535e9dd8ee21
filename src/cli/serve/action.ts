import { UserError, exitCodes, messageOf, type ExitCode } from '../../base/errors.ts';
import { createRedactor, type Redact } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { followConfig } from '../../app/serve/follow-config.ts';
import { openServed, type Served } from '../../app/serve/served.ts';
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
  const { serve: at } = config;
  requireReadToken(at.host, config);
  const known = secretsOf(config);
  const { log, dropped } = logTo(world, known.redact);
  const apply = async (next: Config): Promise<void> => {
    requireReadToken(at.host, next);
    known.add(next);
    await served.apply(next);
    if (next.serve.host !== at.host || next.serve.port !== at.port)
      log({ level: 'warn', message: 'another address to listen on is taken at the next start only' });
  };
  const read = (): Promise<Config> =>
    loadConfig({ ...flags, ...fileOf(config) }, world, { unused: unusedBy.serving });
  const follower = followConfig({ file: config.file, read, apply, log, clock: world.clock });
  const served = await openServed(config, { world, log, reload: follower.status, logLinesDropped: dropped });
  const stopListening = world.onHangup(follower.readAgain);
  try {
    await answer(served, { config, world, log });
  } finally {
    stopListening();
    await follower.close();
    await served.close();
  }
  return exitCodes.pass;
}

interface Serving {
  readonly config: Config;
  readonly world: World;
  readonly log: Log;
}

/** Answers until told to stop. */
async function answer(served: Served, { config, world, log }: Serving): Promise<void> {
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
    const listening = await listen(app, config.serve, (error) =>
      log({ level: 'error', message: `the server: ${messageOf(error)}` }),
    );
    world.stdout.write(`flipgate serves ${config.store} at ${listening.url}\n`);
    served.askArms();
    await stopped;
    log({ level: 'info', message: 'stopping' });
    await listening.close(graceSeconds);
    await takenUp;
  } finally {
    clearInterval(looking);
  }
}

/** The file that was found at the start: another that would be found by now is another configuration. */
function fileOf({ file }: Config): Pick<ServeFlags, 'config'> {
  return file === undefined ? {} : { config: file };
}

/** The secrets of every configuration that was in force: what was one is not to be shown later either. */
function secretsOf(first: Config): { readonly redact: Redact; add(config: Config): void } {
  const secrets = new Set(first.secrets);
  let redact = createRedactor([...secrets]);
  return {
    redact: (text) => redact(text),
    add(config) {
      for (const secret of config.secrets) secrets.add(secret);
      redact = createRedactor([...secrets]);
    },
  };
}

/** `host` is the one that is listened on, whatever is configured by now. */
function requireReadToken(host: string, { serve: { readToken } }: Config): void {
  if (isLoopback(host) || readToken !== undefined) return;
  throw new UserError(`serving on "${host}" lets others connect, and no read token is set`, {
    hint: 'set FLIPGATE_READ_TOKEN (or serve.readToken), or listen on 127.0.0.1',
  });
}

/** Looks once before anybody asks, so that the first scrape does not wait for the reading of a large store. */
function lookAgainAndAgain(source: ExportSource, log: Log): NodeJS.Timeout {
  let told: string | undefined;
  const tell = (problem: string | undefined): void => {
    if (problem !== undefined && problem !== told) log({ level: 'error', message: problem });
    told = problem;
  };
  const look = (): void => {
    try {
      tell(source.snapshot().problem);
    } catch (error) {
      tell(messageOf(error));
    }
  };
  look();
  return setInterval(look, lookMilliseconds);
}

/** A line that cannot be written is dropped and counted; the next one may be written again. */
function logTo({ stderr, clock }: World, redact: Redact): { readonly log: Log; dropped(): number } {
  let dropped = 0;
  const write = stderr.tryWrite ?? ((line: string) => (stderr.write(line), true));
  return {
    dropped: () => dropped,
    log(entry) {
      const line = redact(JSON.stringify({ time: new Date(clock.now()).toISOString(), ...entry }));
      if (!write(`${asciiOf(line)}\n`)) dropped += 1;
    },
  };
}

/** JSON of nothing but ASCII: what a stranger puts into a path is not to steer the terminal that shows the log. */
function asciiOf(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function interrupted(world: World): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = world.onInterrupt(() => {
      stopListening();
      resolve();
    });
  });
}
