import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { UserError, exitCodes } from '../../base/errors.ts';
import { mapLimited } from '../../base/map-limited.ts';
import { listDirectory } from '../../base/files.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import type { Drill } from '../../gates/context.ts';

const drillSchema = z.object({
  schema: z.literal('flipgate.drill/1'),
  pointer: z.string().min(1),
  finished_at: z.iso.datetime(),
  ttr_seconds: z.number().min(0),
  verified: z.boolean(),
  note: z.string().optional(),
});

/** All drills of a store, one a pointer. Throws a `UserError` (exit 4) for one that is damaged: it must not count as none. */
export async function readDrills(store: string): Promise<readonly Drill[]> {
  const folder = path.join(store, 'drills');
  const names = await listDirectory(folder);
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return mapLimited(files, (name) => readDrill(path.join(folder, name)));
}

/** A stored drill; `undefined` for what is none that this version can read. */
export function parseDrill(text: string): Drill | undefined {
  const result = drillSchema.safeParse(jsonOrUndefined(text));
  return result.success ? result.data : undefined;
}

async function readDrill(file: string): Promise<Drill> {
  const drill = parseDrill(await readFile(file, 'utf8').catch(() => ''));
  if (drill !== undefined) return drill;
  throw new UserError(`"${file}" is no drill that this version can read`, {
    hint: 'record the drill again: flipgate drill record',
    exitCode: exitCodes.error,
  });
}
