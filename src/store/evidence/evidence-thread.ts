import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../base/errors.ts';
import { readEvidence } from './read-evidence.ts';
import type { ThreadWork, ThreadReply } from './read-beside.ts';

/** What `read-beside.ts` starts as a thread. What breaks in it ends the thread, which the other side sees. */
const { folder, options } = workerData as ThreadWork; // its only caller hands it over
parentPort?.postMessage(await reply());

async function reply(): Promise<ThreadReply> {
  try {
    return { evidence: await readEvidence(folder, options) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint, exitCode } = error;
    return { problem: { message, exitCode, ...(hint === undefined ? {} : { hint }) } };
  }
}
