import { statSync, type BigIntStats } from 'node:fs';
import type { Clock } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { loadGold } from '../gold/load.ts';
import { goldPaths } from '../gold/paths.ts';
import { resolvedSha256, type GoldSet } from '../plan/gold-set.ts';
import type { GoldHashes } from './configured-subject.ts';

/** What equals no gold set: one that cannot be read, or that is being read again. */
const unreadable: GoldHashes = { sha256: 'unreadable', resolved: 'unreadable' };

export function goldHashes(gold: GoldSet): GoldHashes {
  return { sha256: gold.sha256, resolved: resolvedSha256(gold.questions) };
}

/** The configured gold set as it is now; `undefined` where no file configures one. One that cannot be read equals no other. */
export async function readConfiguredGold(
  config: Config,
  workingDirectory: string,
  onProblem: (error: unknown) => void = () => undefined,
): Promise<GoldHashes | undefined> {
  if (config.file === undefined) return undefined;
  const gold = await loaded(config, workingDirectory, onProblem);
  return gold === undefined ? unreadable : goldHashes(gold);
}

function loaded(
  config: Config,
  workingDirectory: string,
  onProblem: (error: unknown) => void,
): Promise<GoldSet | undefined> {
  return loadGold(config.gold, { workingDirectory, corpusRoot: config.corpus }).catch((error: unknown) => {
    onProblem(error);
    return undefined;
  });
}

/** The configured gold set, looked at again and again. */
export interface ConfiguredGold {
  /** `undefined` where none is configured. */
  current(): GoldHashes | undefined;
  close(): void;
}

/** Files are looked at when somebody asks, at most this often. */
const lookMilliseconds = 200;
/** With more files than this a look takes too long for those who ask. */
const maxLookedAt = 400;
/** Everything is read anew this often, or seldom enough to take a hundredth of the time. */
const everyMilliseconds = 30_000;
/** What was written so shortly before it was read may have been written while it was read. */
const settledMilliseconds = 2000;

export interface GoldFollowing {
  readonly workingDirectory: string;
  readonly clock: Clock;
  /** Told why the gold set cannot be read. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * Loads the gold set, and again when one of its files or documents has changed. While it is read again it equals no other, so that nothing
 * passes on what it was.
 */
export async function followConfiguredGold(
  config: Config,
  following: GoldFollowing,
): Promise<ConfiguredGold> {
  if (config.file === undefined) return { current: () => undefined, close: () => undefined };
  const follower = new GoldFollower(config, following);
  await follower.load();
  return follower;
}

class GoldFollower implements ConfiguredGold {
  readonly #config: Config;
  readonly #following: GoldFollowing;
  #hashes = unreadable;
  #paths: readonly string[] = [];
  #mark = '';
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isLoading = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(config: Config, following: GoldFollowing) {
    this.#config = config;
    this.#following = following;
  }

  current(): GoldHashes {
    const now = this.#following.clock.now();
    if (this.#paths.length <= maxLookedAt && Math.abs(now - this.#lookedAt) > lookMilliseconds) {
      this.#lookedAt = now;
      if (markOf(this.#paths) !== this.#mark) this.#readAgain();
    }
    return this.#hashes;
  }

  async load(): Promise<void> {
    if (this.#isLoading || this.#isClosed) return;
    this.#isLoading = true;
    const { workingDirectory, clock, onProblem } = this.#following;
    const started = clock.now();
    const gold = await loaded(this.#config, workingDirectory, onProblem);
    const options = { workingDirectory, corpusRoot: this.#config.corpus };
    this.#paths = await goldPaths(this.#config.gold, options, gold);
    this.#mark = markOf(this.#paths);
    this.#hashes = gold === undefined ? unreadable : goldHashes(gold);
    this.#isLoading = false;
    const isSettled = newestChange(this.#paths) < started - settledMilliseconds;
    this.#readIn(
      isSettled ? Math.max(everyMilliseconds, 100 * (clock.now() - started)) : settledMilliseconds,
    );
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #readAgain(): void {
    this.#hashes = unreadable;
    void this.load();
  }

  #readIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.load(), milliseconds);
  }
}

/** Tells a change of any of these files. */
function markOf(paths: readonly string[]): string {
  return paths
    .map((file) => {
      const found = statOf(file);
      return found === undefined ? '-' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    })
    .join('\n');
}

/** Milliseconds since 1970. */
function newestChange(paths: readonly string[]): number {
  return Math.max(...paths.map((file) => Number(statOf(file)?.ctimeMs ?? 0n)));
}

function statOf(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // reading it says why
  }
}
