import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {
  canonicalArrayParts,
  canonicalJson,
  compareCodeUnits,
  sha256,
  sha256OfParts,
} from '../../base/canonical.ts';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { listDirectory, toWriteError, writeAtomically } from '../../base/files.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import type { GoldSet, Question } from '../../plan/gold-set.ts';
import { runIdPattern } from '../../plan/run-id.ts';
import type { RunFolder } from '../run-folder.ts';

const planFileSchema = z.object({
  schema: z.literal('flipgate.plan/1'),
  id: z.string().regex(runIdPattern),
  session: z.string(),
  arm: z.string(),
  role: z.enum(['baseline', 'candidate', 'single']),
  started_at: z.string(),
  gold: z.object({
    sha256: z.string(),
    path: z.string(),
    questions: z.int(),
    stored_as: z.string().regex(/^[0-9a-f]{64}$/u),
  }),
  /** What of the run's subject is settled when it is asked; absent in plans of flipgate 0.1.0. */
  subject: z.object({ address: z.string(), gold: z.string() }).optional(),
  plan: z.object({
    questions: z.int(),
    phrasings: z.int().min(1),
    seeds: z.array(z.int()),
    cells: z.int(),
    order_seed: z.int(),
    limit: z.int().optional(),
    tag: z.string().optional(),
    rate: z.number().optional(),
    concurrency: z.int(),
  }),
  scored: z.boolean(),
  provenance: z.object({
    version: z.string(),
    revision: z.string().optional(),
    dirty: z.boolean().optional(),
    node: z.string(),
    platform: z.string(),
    arguments: z.array(z.string()),
    config_sha256: z.string(),
  }),
  /** Lines that were cut by a kill and dropped at a resume, so far. */
  torn_lines: z.int().default(0),
});

/** `plan.json`: what is to be asked, of what, with what. */
export type PlanFile = z.infer<typeof planFileSchema>;

/** Creates a run's folder with its plan. */
export async function writePlan(folder: RunFolder, plan: PlanFile): Promise<void> {
  await mkdir(folder.path, { recursive: true }).catch((error: unknown) => {
    throw toWriteError(folder.path, error);
  });
  await writeAtomically(folder.plan, `${JSON.stringify(plan, undefined, 2)}\n`);
}

/** Reads a run's plan; `undefined` when there is none. Throws a `UserError` (exit 4) for one that is damaged or of a newer version. */
export async function readPlan(folder: RunFolder): Promise<PlanFile | undefined> {
  const text = await readFile(folder.plan, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UserError(`"${folder.plan}" cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.error,
    });
  });
  if (text === undefined) return undefined;
  const result = planFileSchema.safeParse(jsonOrUndefined(text));
  if (result.success) return result.data;
  throw new UserError(`"${folder.plan}" is no plan that this version can read`, {
    hint: 'it is damaged or from a newer flipgate: start a new run, or use that version',
    exitCode: exitCodes.error,
  });
}

/** The ids of a store's runs, newest first. A missing store has none. */
export async function runIds(store: string): Promise<readonly string[]> {
  const names = await listDirectory(store, 'store ');
  return names.filter((name) => runIdPattern.test(name)).sort((a, b) => compareCodeUnits(b, a));
}

/** A gold set as it was asked, with its anchors' texts and documents: so that a record can be scored again without its sources. */
export interface StoredGold {
  readonly questions: readonly Question[];
  readonly documents: Readonly<Record<string, string>>;
}

/** Stores what was asked once for all runs that ask it, by content. Returns the name to find it by. */
export async function storeGold(store: string, gold: GoldSet): Promise<string> {
  const name = sha256OfParts(storedParts(gold));
  const file = path.join(store, 'gold', `${name}.json`);
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined || size !== byteLength(storedParts(gold)))
    await writeAtomically(file, storedParts(gold));
  return name;
}

/** Stores a gold set again where it has gone since: until a plan named it nothing said that anybody needs it. */
export async function keepGold(store: string, gold: GoldSet, name: string): Promise<void> {
  const isThere = await stat(path.join(store, 'gold', `${name}.json`)).then(
    () => true,
    () => false,
  );
  if (!isThere) await storeGold(store, gold);
}

/** The canonical JSON of a `StoredGold`, piece by piece: large sets would else stand in memory twice. */
function* storedParts({ documents, questions }: GoldSet): Generator<string> {
  yield `{"documents":${canonicalJson(Object.fromEntries(documents))},"questions":`;
  yield* canonicalArrayParts(questions);
  yield '}';
}

function byteLength(parts: Iterable<string>): number {
  let length = 0;
  for (const part of parts) length += Buffer.byteLength(part);
  return length;
}

/** Reads a stored gold set back. Throws a `UserError` (exit 4) when it is missing or not what it was. */
export async function readStoredGold(store: string, name: string): Promise<StoredGold> {
  const file = path.join(store, 'gold', `${name}.json`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || sha256(text) !== name) {
    throw new UserError(`"${file}" is ${text === undefined ? 'missing' : 'not what was written'}`, {
      hint: 'the run cannot be scored without the questions it asked: ask again',
      exitCode: exitCodes.error,
    });
  }
  return JSON.parse(text) as StoredGold; // the hash says that it is what storeGold wrote
}
