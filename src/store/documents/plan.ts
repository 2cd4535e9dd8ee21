import { mkdir } from 'node:fs/promises';
import * as z from 'zod';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { toWriteError, writeAtomically } from '../../base/files.ts';
import { readRegular, storeMode } from '../../base/regular-file.ts';
import { runIdPattern } from '../../plan/run-id.ts';
import type { RunFolder } from '../run-folder.ts';
import { parseDocument, unreadable, type DocumentKind } from './document.ts';
import { provenance, role } from './parts.ts';

const planSchema = z.object({
  schema: z.literal('flipgate.plan/1'),
  id: z.string().regex(runIdPattern).describe('also the name of the run’s folder'),
  session: z.string().describe('shared by all runs that are asked together'),
  session_arms: z
    .array(z.string())
    .exactOptional()
    .describe('every arm of the session, planned or not yet; absent in plans of flipgate 0.1.0'),
  arm: z.string(),
  role,
  started_at: z.string(),
  gold: z
    .object({
      sha256: z.string(),
      path: z.string(),
      questions: z.int(),
      stored_as: z
        .string()
        .regex(/^[0-9a-f]{64}$/u)
        .describe('the name of its copy in `gold/`'),
    })
    .describe('what is asked'),
  subject: z
    .object({ address: z.string(), gold: z.string() })
    .exactOptional()
    .describe('what of the run’s subject is settled when it is asked; absent in plans of flipgate 0.1.0'),
  plan: z
    .object({
      questions: z.int(),
      phrasings: z.int().min(1).describe('the question itself and its paraphrases'),
      seeds: z.array(z.int()),
      cells: z.int().describe('questions × phrasings × seeds: the calls'),
      order_seed: z.int().describe('seed of the order in which cells are asked'),
      limit: z.int().exactOptional().describe('questions, where only a sample is asked'),
      tag: z.string().exactOptional().describe('where only questions with it are asked'),
      rate: z.number().exactOptional().describe('calls per second, where one was set'),
      concurrency: z.int(),
    })
    .describe('how it is asked'),
  scored: z.boolean().describe('whether the run is to be scored'),
  provenance: provenance.describe('what asks'),
  torn_lines: z
    .int()
    .exactOptional()
    .describe('lines of the journal that were cut by a kill and dropped at a resume, so far'),
});

/** `plan.json`: what is to be asked, of what, with what. */
export type PlanFile = Readonly<z.infer<typeof planSchema>>;

export const planKind: DocumentKind<PlanFile> = {
  name: 'plan',
  file: '`<run>/plan.json`',
  about: 'What is to be asked, of what, with what: written before the first call.',
  version: 'flipgate.plan/1',
  schema: planSchema,
};

/** Creates a run's folder with its plan. */
export async function writePlan(folder: RunFolder, plan: PlanFile): Promise<void> {
  await mkdir(folder.path, { recursive: true, mode: storeMode().folder }).catch((error: unknown) => {
    throw toWriteError(folder.path, error);
  });
  await writeAtomically(folder.plan, `${JSON.stringify(plan, undefined, 2)}\n`);
}

/** Reads a run's plan; `undefined` when there is none. Throws a `UserError` (exit 4) for one that is damaged or of a newer version. */
export async function readPlan(folder: RunFolder): Promise<PlanFile | undefined> {
  const text = await readRegular(folder.plan).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`"${folder.plan}" cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
    });
  });
  if (text === undefined) return undefined;
  const plan = parseDocument(planKind, text);
  if (plan.ok) return plan.document;
  throw unreadable(
    folder.plan,
    plan.problem,
    'it is damaged or from a newer flipgate: start a new run, or use that version',
  );
}
