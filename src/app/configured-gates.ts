import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import type { GateExpectation } from '../exporter/exported-store.ts';
import { configuredPolicy } from '../gates/policy.ts';
import { defaultGates } from '../gates/rules.ts';
import { loadGold } from '../gold/load.ts';

/** What a configuration file says of the gates: a verdict by another policy is none. Without a file nothing is known. */
export function expectationsOf(config: Config): ReadonlyMap<string, GateExpectation> {
  if (config.file === undefined) return new Map();
  const names = new Set([...Object.keys(defaultGates), ...Object.keys(config.gates)]);
  return new Map(
    [...names].map((gate) => {
      const { sha256, maxAgeSeconds } = configuredPolicy(gate, config.gates);
      return [gate, { policy: sha256, maxAgeSeconds }];
    }),
  );
}

/** The identity of the configured gold set, looked at again and again. */
export interface ConfiguredGold {
  /** `undefined` where none is configured; one that cannot be read equals no other. */
  current(): string | undefined;
  close(): void;
}

/** The identity of the gold set that is configured now; `undefined` where none is. One that cannot be read equals no other. */
export async function goldIdentity(
  config: Config,
  workingDirectory: string,
  onProblem: (error: unknown) => void = () => undefined,
): Promise<string | undefined> {
  if (config.file === undefined) return undefined;
  try {
    return (await loadGold(config.gold, { workingDirectory, corpusRoot: config.corpus })).sha256;
  } catch (error) {
    onProblem(error);
    return 'unreadable';
  }
}

const everyMilliseconds = 30_000;

/** Loads the gold set now and every 30 s, or seldom enough to take a hundredth of the time. `onProblem` is told why it cannot be read. */
export async function configuredGold(
  config: Config,
  { workingDirectory, clock }: Pick<World, 'workingDirectory' | 'clock'>,
  onProblem: (error: unknown) => void,
): Promise<ConfiguredGold> {
  if (config.file === undefined) return { current: () => undefined, close: () => undefined };
  let sha = '';
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const load = async (): Promise<void> => {
    const started = clock.monotonic();
    sha = (await goldIdentity(config, workingDirectory, onProblem)) ?? '';
    const seconds = clock.monotonic() - started;
    if (!closed) timer = setTimeout(() => void load(), Math.max(everyMilliseconds, 100_000 * seconds));
  };
  await load();
  return {
    current: () => sha,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
