import type { Sink, World } from '../../../src/base/world.ts';

/**
 * A process that runs commands of the built program, several at once, each in a folder and on a clock of its own: what takes long of a command is its start. Beside
 * `command-runner.ts` stands `commands.ts`, which speaks with it.
 */
export type Order =
  | {
      readonly id: number;
      readonly folder: string;
      readonly words: readonly string[];
      readonly ahead: number;
    }
  | { readonly id: number; readonly interrupt: true };

export type Told =
  | { readonly id: number; readonly stdout: string }
  | { readonly id: number; readonly stderr: string }
  | { readonly id: number; readonly code: number };

interface Built {
  readonly main: (world: World) => Promise<number>;
  readonly processWorld: () => World;
}

const folder = '../../../dist';
const built: Built = {
  ...((await import(`${folder}/main.js`)) as Pick<Built, 'main'>),
  ...((await import(`${folder}/process-world.js`)) as Pick<Built, 'processWorld'>),
};
const world = built.processWorld();
const interrupts = new Map<number, () => void>();
const tell = (told: Told): void => void process.send?.(told);

process.on('message', (order: Order) => {
  if ('interrupt' in order) interrupts.get(order.id)?.();
  else void run(order);
});
process.on('disconnect', () => process.exit());

async function run({
  id,
  folder: workingDirectory,
  words,
  ahead,
}: Exclude<Order, { interrupt: true }>): Promise<void> {
  const sinkOf = (write: (text: string) => void): Sink => ({ write, isTerminal: false, columns: 100 });
  const code = await built.main({
    ...world,
    arguments: words,
    workingDirectory,
    stdout: sinkOf((stdout) => tell({ id, stdout })),
    stderr: sinkOf((stderr) => tell({ id, stderr })),
    clock: { ...world.clock, now: () => Date.now() + ahead },
    onInterrupt: (listener) => {
      interrupts.set(id, () => listener(1));
      return () => interrupts.delete(id);
    },
  });
  tell({ id, code });
}
