import type { Sink, World } from '../../src/base/world.ts';
import { main } from '../../src/main.ts';
import { testBuild } from './built.ts';
import { clock } from './clock.ts';

export interface TestWorld extends World {
  readonly out: () => string;
  readonly err: () => string;
  /** As if somebody pressed Ctrl-C. */
  readonly interrupt: () => void;
}

export interface Surroundings extends Partial<Omit<World, 'stdout' | 'stderr'>> {
  readonly terminal?: boolean;
}

/** A world in this process, with everything that is written kept. */
export function testWorld(folder: string, words: readonly string[], around: Surroundings = {}): TestWorld {
  const { terminal = false, ...rest } = around;
  const sink = (): Sink & { text: string } => ({
    text: '',
    isTerminal: terminal,
    columns: 100,
    write(text) {
      this.text += text;
    },
  });
  const [stdout, stderr] = [sink(), sink()];
  const listeners = new Set<() => void>();
  return {
    arguments: words,
    environment: {},
    workingDirectory: folder,
    clock,
    build: testBuild,
    onHangup: () => () => undefined,
    onInterrupt(listener) {
      let count = 0;
      const heard = (): void => listener((count += 1));
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    ...rest,
    stdout,
    stderr,
    out: () => stdout.text,
    err: () => stderr.text,
    interrupt: () => {
      for (const heard of listeners) heard();
    },
  };
}

export interface Ended extends TestWorld {
  readonly code: number;
}

/** Runs a command in this process, to its end. */
export async function run(
  folder: string,
  words: readonly string[],
  around: Surroundings = {},
): Promise<Ended> {
  const world = testWorld(folder, words, around);
  return { ...world, code: await main(world) };
}
