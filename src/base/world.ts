import type { Build } from './build.ts';

/** A place to write text to: stdout or stderr. */
export interface Sink {
  write(text: string): void;
  /** Writes a line that nobody is to wait for; false where it is lost: the disk is full, or nobody reads. Absent where none ever is. */
  tryWrite?(line: string): boolean;
  /** Resolves when there is room for more, or nobody reads it any more. Absent where there always is. */
  drained?(): Promise<void>;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export interface Clock {
  /** Milliseconds since 1970 in UTC; can jump. For timestamps only, never for durations. */
  now(): number;
  /** Seconds on a clock that never goes back. For durations. */
  monotonic(): number;
}

/** Everything outside the program, as one value: so that commands run in tests as they run in a shell. */
export interface World {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: Clock;
  readonly build: Build;
  /** Calls back at each Ctrl-C or SIGTERM, with how many there have been; returns the way to stop listening. */
  onInterrupt(listener: (count: number) => void): () => void;
  /** Is told what must never be written anywhere, once it is known. */
  readonly onSecrets?: ((secrets: readonly string[]) => void) | undefined;
  /** Calls back at each SIGHUP, which ends the process while nobody listens; returns the way to stop listening. */
  onHangup(listener: () => void): () => void;
}
