import path from 'node:path';
import * as z from 'zod';
import { listDirectory, writeAtomically } from '../../base/files.ts';
import { sealed } from '../../base/integrity.ts';
import { mapLimited } from '../../base/map-limited.ts';
import { readRegular } from '../../base/regular-file.ts';
import type { Drill } from '../../gates/context.ts';
import {
  parseDocument,
  schemaOf,
  unedited,
  unreadable,
  type DocumentKind,
  type ParsedDocument,
} from './document.ts';
import { integrity } from './parts.ts';

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

/** All drills of a store, one a pointer. Throws a `UserError` (exit 4) for one that is damaged: it must not count as none. */
export async function readDrills(store: string): Promise<readonly Drill[]> {
  const folder = path.join(store, 'drills');
  const names = await listDirectory(folder);
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return mapLimited(files, (name) => readDrill(path.join(folder, name)));
}

/** A stored drill; one that was edited is none. */
export function parseDrill(text: string): ParsedDocument<Drill> {
  return unedited(parseDocument(drillKind, text));
}

async function readDrill(file: string): Promise<Drill> {
  const drill = parseDrill(await readRegular(file).catch(() => ''));
  if (drill.ok) return drill.document;
  throw unreadable(file, drill.problem, 'record the drill again: flipgate drill record');
}

/** Stores a pointer's drill with its hash. Returns its file. */
export async function storeDrill(store: string, drill: Drill): Promise<string> {
  const file = path.join(store, 'drills', `${drill.pointer}.json`);
  await writeAtomically(file, `${JSON.stringify(sealed(drill), undefined, 2)}\n`);
  return file;
}
