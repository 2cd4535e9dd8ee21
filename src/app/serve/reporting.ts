import { messageOf } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { LogEntry } from '../../exporter/http/app.ts';
import { versionsReaders } from '../arms/versions-readers.ts';
import { reportedArtifacts, type ReportedArtifacts } from '../arms/reported-artifacts.ts';

export interface Reporting extends Pick<ReportedArtifacts, 'current' | 'close'> {
  /** Begins to ask; resolves when every arm was asked once, whatever it said. */
  start(): Promise<void>;
}

/** Asks the arms once it is started: what asks them takes a tenth of a second to load, for which no probe is to wait. */
export function openReporting(config: Config, world: World, log: (entry: LogEntry) => void): Reporting {
  const now = (): number => world.clock.now();
  const onChange = (arm: string, problem: string | undefined): void =>
    log(
      problem === undefined
        ? { level: 'info', message: `arm "${arm}" reports its versions again` }
        : { level: 'warn', message: `arm "${arm}" does not report its versions: ${problem}` },
    );
  let asking: Promise<ReportedArtifacts> | undefined;
  let asked: ReportedArtifacts | undefined;
  const open = async (): Promise<ReportedArtifacts> =>
    (asked = reportedArtifacts({ readers: await versionsReaders(config, world), now, onChange }));
  return {
    async start() {
      asking = open();
      await asking.then(
        (opened) => opened.asked,
        (error: unknown) =>
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
