import { statSync } from 'node:fs';
import { UserError, messageOf } from '../../base/errors.ts';
import type { Clock } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { LogEntry } from '../../exporter/http/app.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';

export interface FollowConfigOptions {
  /** Absent: there is no file, and only `readAgain` reads. */
  readonly file: string | undefined;
  readonly read: () => Promise<Config>;
  /** Puts a configuration in force; rejects with a `UserError` where it may not be. */
  readonly apply: (config: Config) => Promise<void>;
  readonly log: (entry: LogEntry) => void;
  readonly clock: Pick<Clock, 'now'>;
}

/** A configuration that is read again when its file changes. */
export interface ConfigFollower {
  /** How it was read last, and since when the one in force is. */
  status(): NonNullable<Snapshot['reload']>;
  readAgain(): void;
  /** Resolves when no reading goes on. */
  close(): Promise<void>;
}

const lookMilliseconds = 500;

/**
 * Looks at the file twice a second, and reads it when it has changed and then stayed the same for one look: half a file is often a whole
 * configuration of another meaning. One that is refused changes nothing.
 */
export function followConfig(options: FollowConfigOptions): ConfigFollower {
  const { file, clock, log } = options;
  let status = { ok: true, at: clock.now() / 1000 };
  let reading: Promise<void> = Promise.resolve();
  const readAgain = (): void => {
    reading = reading.then(async () => {
      const problem = await taken(options);
      status = problem === undefined ? { ok: true, at: clock.now() / 1000 } : { ...status, ok: false };
      log(
        problem === undefined
          ? { level: 'info', message: 'the configuration was read again and is in force' }
          : {
              level: 'error',
              message: `the configuration is refused, the one before stays in force: ${problem}`,
            },
      );
    });
  };
  const timer = file === undefined ? undefined : setInterval(changeOf(file, readAgain), lookMilliseconds);
  return {
    status: () => status,
    readAgain,
    async close() {
      clearInterval(timer);
      await reading;
    },
  };
}

/** Why the configuration as it is now could not be taken. */
async function taken({ read, apply, log }: FollowConfigOptions): Promise<string | undefined> {
  try {
    await apply(await read());
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError))
      log({
        level: 'error',
        message: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    return messageOf(error);
  }
}

/** Calls back when the file is another than it was and has stayed so. */
function changeOf(file: string, onChange: () => void): () => void {
  let [known, seen] = [markOf(file), markOf(file)];
  return () => {
    const now = markOf(file);
    const hasStayed = now === seen;
    seen = now;
    if (now === known || !hasStayed) return;
    known = now;
    onChange();
  };
}

function markOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'missing';
  }
}
