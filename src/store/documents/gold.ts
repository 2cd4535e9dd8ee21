import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { canonicalArrayParts, canonicalJson, sha256, sha256OfParts } from '../../base/canonical.ts';
import { UserError, exitCodes } from '../../base/errors.ts';
import { writeAtomically } from '../../base/files.ts';
import { readRegular } from '../../base/regular-file.ts';
import type { GoldSet, Question } from '../../plan/gold-set.ts';
import { parseDocument, schemaOf, unreadable, type DocumentKind } from './document.ts';

/** A gold set as it was asked, with its anchors' texts and documents: so that a record can be scored again without its sources. */
export interface StoredGold {
  readonly questions: readonly Question[];
  readonly documents: Readonly<Record<string, string>>;
}

const span = z.tuple([z.int(), z.int()]);
const anchor = z.object({
  source_url: z.string().exactOptional(),
  section_id: z.string().exactOptional(),
  offsets: span.exactOptional().describe('half-open, in Unicode code points of the document'),
  text: z.string(),
});

const goldSchema = schemaOf<StoredGold>()(
  z.object({
    questions: z
      .array(
        z.object({
          id: z.string(),
          question: z.string(),
          paraphrases: z.array(z.string()),
          anchors: z.array(anchor).describe('the passages that answer it, with their texts'),
          answer: z.string().exactOptional(),
          answerable: z.boolean().describe('whether the documents have the answer'),
          tags: z.array(z.string()),
        }),
      )
      .describe('what is asked, sorted by id'),
    documents: z
      .record(z.string(), z.string())
      .describe('the documents that anchors name, by `source_url`, where the gold set has them'),
  }),
);

export const goldKind: DocumentKind<StoredGold> = {
  name: 'gold',
  file: '`gold/<SHA-256 of the file>.json`',
  about: 'A gold set as it was asked, as canonical JSON; its name is the hash of its content.',
  schema: goldSchema,
};

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
  const text = await readRegular(file).catch(() => undefined);
  if (text === undefined || sha256(text) !== name) {
    throw new UserError(`"${file}" is ${text === undefined ? 'missing' : 'not what was written'}`, {
      hint: 'the run cannot be scored without the questions it asked: ask again',
      exitCode: exitCodes.error,
    });
  }
  const gold = parseDocument(goldKind, text);
  if (gold.ok) return gold.document;
  throw unreadable(file, gold.problem, 'ask again');
}
