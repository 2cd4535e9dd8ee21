import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { UserError, type ExitCode } from '../../base/errors.ts';
import type { Evidence } from '../../statistics/evidence/evidence.ts';
import type { RunFolder } from '../run-folder.ts';
import { readEvidence, type EvidenceOptions } from './read-evidence.ts';

export interface ThreadWork {
  readonly folder: RunFolder;
  readonly options: EvidenceOptions;
}

/** What the thread says: the evidence, or what of a `UserError` crosses threads. */
export type ThreadReply =
  | { readonly evidence: Evidence }
  | { readonly problem: { readonly message: string; readonly hint?: string; readonly exitCode: ExitCode } };

/** From so many bytes of calls on, a thread is worth its start: some 100 ms. */
const worthwhileBytes = 16 << 20;

/**
 * Reads a run while this thread reads another one: `then` gives it. A run that is small, or for which there is no thread, is read when it is asked
 * for. Throws as `readEvidence` does, but only then.
 */
export async function readBeside(
  folder: RunFolder,
  options: EvidenceOptions,
): Promise<() => Promise<Evidence>> {
  const { size } = await stat(folder.calls).catch(() => ({ size: 0 }));
  if (size < worthwhileBytes) return () => readEvidence(folder, options);
  const reply = startThread({ folder, options });
  return async () => evidenceIn(await reply) ?? readEvidence(folder, options);
}

function startThread(workerData: ThreadWork): Promise<ThreadReply | undefined> {
  return new Promise((resolve) => {
    const thread = new Worker(new URL('./evidence-thread.js', import.meta.url), { workerData });
    thread.unref();
    thread.once('message', resolve);
    // Without a thread, or with one that broke, the run is read in this one, which then says what is wrong.
    thread.once('error', () => resolve(undefined));
    thread.once('exit', () => resolve(undefined));
  });
}

function evidenceIn(reply: ThreadReply | undefined): Evidence | undefined {
  if (reply === undefined) return undefined;
  if ('evidence' in reply) return reply.evidence;
  const { message, ...rest } = reply.problem;
  throw new UserError(message, rest);
}
