import path from 'node:path';
import * as z from 'zod';
import { listDirectory, writeAtomically } from '../../base/files.ts';
import { sealed } from '../../base/integrity/sealed.ts';
import type { Signer } from '../../base/integrity/signer.ts';
import { mapLimited } from '../../base/map-limited.ts';
import { readRegular } from '../../base/regular-file.ts';
import type { Drill } from '../../gates/context.ts';
import {
  documentIn,
  parseDocument,
  schemaOf,
  unedited,
  unreadable,
  type DocumentKind,
  type ParsedDocument,
} from './document.ts';
import { integrity, signedStore, succession } from './parts.ts';
import { successionTo } from './succession.ts';

const drillSchema = schemaOf<Drill>()(
  z.object({
    schema: z.literal('flipgate.drill/1'),
    pointer: z.string().min(1).describe('also the file’s name'),
    finished_at: z.iso.datetime(),
    ttr_seconds: z
      .number()
      .min(0)
      .describe('from the decision to roll back until probes saw the baseline again'),
    verified: z.boolean().describe('whether probes saw the baseline again'),
    note: z.string().exactOptional(),
    ...succession,
    store: signedStore,
    integrity: integrity.exactOptional(),
  }),
);

export const drillKind: DocumentKind<Drill> = {
  name: 'drill',
  file: '`drills/<pointer>.json`',
  about: 'The newest rollback drill of a pointer.',
  version: 'flipgate.drill/1',
  schema: drillSchema,
};

/** Why a drill that can be read does not count: "is not signed". */
export type DrillCheck = (drill: Drill) => string | undefined;

/** All drills of a store, one a pointer. Throws a `UserError` (exit 4) for one that is damaged or does not count: it must not count as none. */
export async function readDrills(store: string, check: DrillCheck): Promise<readonly Drill[]> {
  const folder = path.join(store, 'drills');
  const names = await listDirectory(folder);
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return mapLimited(files, (name) => readDrill(path.join(folder, name), check));
}

/** A stored drill; one that was edited is none. */
export function parseDrill(text: string): ParsedDocument<Drill> {
  return unedited(parseDocument(drillKind, text));
}

/** A file is named after its pointer: a copy under another name is none. */
export function drillIn(text: string, file: string): Drill | undefined {
  const drill = documentIn(parseDrill(text));
  return drill?.pointer === path.basename(file, '.json') ? drill : undefined;
}

async function readDrill(file: string, check: DrillCheck): Promise<Drill> {
  const drill = parseDrill(await readRegular(file).catch(() => ''));
  const problem = drill.ok ? check(drill.document) : drill.problem;
  if (drill.ok && problem === undefined) return drill.document;
  throw unreadable(file, problem ?? '', 'record the drill again: flipgate drill record');
}

/** Stores a pointer's drill with its hash, signed where there is a signer. Returns its file. */
export async function storeDrill(store: string, drill: Drill, signer?: Signer): Promise<string> {
  const file = path.join(store, 'drills', `${drill.pointer}.json`);
  const before = documentIn(parseDrill(await readRegular(file).catch(() => '')));
  const whole = sealed({ ...drill, ...successionTo(before, drill.finished_at) }, signer);
  await writeAtomically(file, `${JSON.stringify(whole, undefined, 2)}\n`);
  return file;
}
