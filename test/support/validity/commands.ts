import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cache, type Finished } from '../cli.ts';
import type { Order, Told } from './command-runner.ts';

const runner = fileURLToPath(new URL('command-runner.ts', import.meta.url));

export interface Running {
  readonly finished: Promise<Finished>;
  /** Resolves with what stdout says, once that matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  interrupt(): void;
}

/** Commands of the built program in one process that has loaded it. */
export interface Commands {
  /** `ahead`: by how many milliseconds the command's clock is. */
  start(folder: string, words: readonly string[], ahead?: number): Running;
  close(): void;
}

export function openCommands(): Commands {
  const child = fork(runner, {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'] ?? '', FLIPGATE_CACHE: cache },
  });
  child.setMaxListeners(0); // one a command that runs
  let ids = 0;
  return {
    start(folder, words, ahead = 0) {
      ids += 1;
      const running = follow(child, ids);
      send(child, { id: ids, folder, words, ahead });
      return running;
    },
    close: () => child.kill('SIGKILL'),
  };
}

function send(child: ChildProcess, order: Order): void {
  child.send(order);
}

function follow(child: ChildProcess, id: number): Running {
  let [stdout, stderr] = ['', ''];
  const listeners = new Set<() => void>();
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the runner of commands has ended')));
    child.on('message', (told: Told) => {
      if (told.id !== id) return;
      if ('stdout' in told) stdout += told.stdout;
      else if ('stderr' in told) stderr += told.stderr;
      else resolve({ code: told.code, stdout, stderr });
      for (const listener of listeners) listener();
    });
  });
  finished.catch(() => undefined);
  return {
    finished,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout);
          if (found !== null) resolve(found);
        };
        listeners.add(look);
        look();
        void finished.then(
          (end) => reject(new Error(`it ended: ${JSON.stringify(end)}`)),
          (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
        );
      }),
    interrupt: () => send(child, { id, interrupt: true }),
  };
}
