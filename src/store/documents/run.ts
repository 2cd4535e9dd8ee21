import path from 'node:path';
import * as z from 'zod';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { writeAtomically } from '../../base/files.ts';
import { integrityProblem, sealed } from '../../base/integrity/sealed.ts';
import type { Signer } from '../../base/integrity/signer.ts';
import { readRegular } from '../../base/regular-file.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { runFolder, type RunFolder } from '../run-folder.ts';
import { runIds } from '../run-ids.ts';
import {
  documentIn,
  parseDocument,
  schemaOf,
  unreadable,
  type DocumentKind,
  type ParsedDocument,
} from './document.ts';
import {
  artifact,
  count,
  countedFinding,
  integrity,
  provenance,
  role,
  signedStore,
  subject,
  view,
} from './parts.ts';
import { readPlan } from './plan.ts';
import { summarySchema } from './summary.ts';

const plan = z.object({
  questions: z.int().min(0),
  phrasings: z.int().min(1).describe('the question itself and its paraphrases'),
  seeds: z.array(z.int()),
  cells: z.int().min(0).describe('questions × phrasings × seeds: the calls'),
  order_seed: z.int().describe('seed of the order in which cells are asked'),
  rate: z.number().exactOptional().describe('calls per second, where one was set'),
  concurrency: z.int(),
});

const embedder = z.object({
  id: z.string().describe('name and SHA-256 of its files'),
  dimensions: z.number(),
  pooling: z.string(),
  window: z.number().describe('tokens of a text that are embedded at once; 0 where a service decides'),
});

const scoring = z.object({
  anchored_coverage: z.number(),
  agreement_distance: z.number(),
  agreement_overlap: z.number(),
  cites: z.boolean(),
  refusal_phrases_sha256: z.string(),
  tool_loop: z.object({ repeats: z.number(), cycles: z.number(), max_calls: z.number() }),
});

/** A record without its summary. */
export const headerSchema = schemaOf<Omit<RunRecord, 'summary'>>()(
  z.object({
    schema: z.literal('flipgate.run/1'),
    id: z.string().describe('also the name of the run’s folder'),
    session: z.string().describe('shared by all runs that were asked together'),
    arm: z.string(),
    role,
    status: z
      .enum(['complete', 'aborted', 'interrupted'])
      .describe('aborted: the arm was gone; only a complete run can be judged'),
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime().describe('when the last answer came; scoring again does not change it'),
    provenance: provenance.describe('what made the run'),
    gold: z
      .object({ sha256: z.string(), path: z.string(), questions: count })
      .describe('the gold set, by the SHA-256 of its canonical form'),
    plan: plan.describe('what was to be asked'),
    embedder: embedder.exactOptional().describe('absent where the run was not scored'),
    view: view.describe('how the texts of a call become one distance'),
    scoring: scoring.exactOptional().describe('the options that the scores were computed with'),
    subject: subject.exactOptional(),
    artifact: artifact.describe('what most answers reported'),
    artifacts: z.array(artifact.extend({ count })).exactOptional().describe('all, where there were several'),
    findings: z.array(countedFinding).describe('oddities of calls, counted by code and field'),
    files: z.record(z.string(), z.string()).describe('SHA-256 of the run’s other files'),
    store: signedStore,
    integrity: integrity.exactOptional(),
  }),
);

const runSchema = schemaOf<RunRecord>()(
  headerSchema.extend({
    summary: summarySchema.describe('the numbers; a part that was not measured is absent'),
  }),
);

export const runKind: DocumentKind<RunRecord> = {
  name: 'run',
  noun: 'record',
  file: '`<run>/run.json`',
  about: 'A run that has ended: its header and its numbers. Where it is missing the run has not ended.',
  version: 'flipgate.run/1',
  schema: runSchema,
};

/** The record in a file, which is that of the run that its folder is named after. */
function parseRun(text: string, file: string): ParsedDocument<RunRecord> {
  const run = parseDocument(runKind, text);
  const id = path.basename(path.dirname(file));
  return run.ok && run.document.id !== id
    ? { ok: false, problem: `is the record of another run, ${run.document.id}` }
    : run;
}

/** The same, `undefined` where it is none. */
export function recordIn(text: string, file: string): RunRecord | undefined {
  return documentIn(parseRun(text, file));
}

const endingSchema = runSchema
  .pick({ schema: true, id: true, status: true, started_at: true, finished_at: true })
  .extend({
    summary: summarySchema.pick({ calls: true, tool_loops: true, side_effects: true, dedupe_hits: true }),
  });

/** What of a record says how its run ended: looking at all of it would take three times as long, and stores have 10,000 runs. */
export type RunEnding = Readonly<z.infer<typeof endingSchema>>;

/** The ending in a run's record. */
export function parseEnding(text: string, file: string): RunEnding | undefined {
  const ending = documentIn(parseDocument({ ...runKind, schema: endingSchema }, text));
  return ending?.id === path.basename(path.dirname(file)) ? ending : undefined;
}

/** A run's record; `undefined` while the run has not ended. Throws a `UserError` (exit 4) for a file that is damaged or of a newer version. */
export async function readRecord(folder: RunFolder): Promise<RunRecord | undefined> {
  const text = await readRegular(folder.record).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`"${folder.record}" cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
    });
  });
  if (text === undefined) return undefined;
  const run = parseRun(text, folder.record);
  if (run.ok) return unedited(run.document, folder);
  throw unreadable(
    folder.record,
    run.problem,
    'it is damaged or from a newer flipgate; flipgate runs score writes it anew from the calls',
  );
}

/** A record without a hash is of flipgate 0.1.0: it can be read, and not be judged. */
function unedited(record: RunRecord, folder: RunFolder): RunRecord {
  const problem = record.integrity === undefined ? undefined : integrityProblem(record);
  if (problem === undefined) return record;
  throw unreadable(
    folder.record,
    problem,
    `it was edited or damaged: flipgate runs score ${folder.id} writes it anew from the calls`,
  );
}

/** Writes a run's record with its hash, signed where there is a signer: the run has ended. */
export async function writeRecord(folder: RunFolder, record: RunRecord, signer?: Signer): Promise<RunRecord> {
  const whole = sealed(record, signer);
  await writeAtomically(folder.record, `${JSON.stringify(whole, undefined, 2)}\n`);
  return whole;
}

/** The newest ended run of an arm, if any can be read. */
export async function newestRecord(store: string, arm: string): Promise<RunRecord | undefined> {
  for (const id of await runIds(store)) {
    const folder = runFolder(store, id);
    if (!id.includes(`-${arm}-`) || (await readPlan(folder).catch(() => undefined))?.arm !== arm) continue;
    const record = await readRecord(folder).catch(() => undefined);
    if (record !== undefined) return record;
  }
  return undefined;
}
