import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError, exitCodes } from '../base/errors.ts';
import type { ReferenceArms } from './reference-arms.ts';
import type { ServiceOrder } from './service-main.ts';

export type { ReferenceArms } from './reference-arms.ts';

type Reply = { readonly arms: ReferenceArms['arms'] } | { readonly error: string };

/**
 * Starts the reference arms in a process of their own, so that they and the harness share no event loop. Resolves when they listen.
 * Throws a `UserError` (exit 4) with the service's words when they cannot start.
 */
export async function launchReferenceArms(order: ServiceOrder): Promise<ReferenceArms> {
  const fromSources = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(
    new URL(fromSources ? './service-main.ts' : './service-main.js', import.meta.url),
  );
  // Not the parent's flags: a debugger's port can be had only once.
  const execArgv = fromSources ? ['--import', 'tsx'] : [];
  // Ctrl-C reaches the whole terminal group; the arms end with their parent, not before it has finished.
  const child = fork(file, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true, execArgv });
  child.send(order);
  try {
    const reply = await firstReply(child);
    if ('error' in reply)
      throw new UserError(`the reference arms cannot start: ${reply.error}`, { exitCode: exitCodes.error });
    return { arms: reply.arms, close: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

function firstReply(child: ChildProcess): Promise<Reply> {
  return new Promise((resolve, reject) => {
    child.once('message', (reply) => resolve(reply as Reply)); // service-main.ts sends nothing else
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(
        new UserError(`the reference arms ended with ${String(code)} before they listened`, {
          exitCode: exitCodes.error,
        }),
      ),
    );
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
