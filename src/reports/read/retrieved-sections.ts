import { readLines } from '../../base/files.ts';
import type { CallLine } from '../../scoring/record.ts';
import type { NamedSection } from '../../scoring/retrieval/sections.ts';
import { parsed } from '../../store/evidence/lines.ts';
import type { RunFolder } from '../../store/run-folder.ts';

/** The sections of what a run retrieved, call by call: read no further than they are looked at. */
export function* retrievedSections({ calls }: RunFolder): Iterable<NamedSection> {
  for (const { text } of readLines(calls)) yield* parsed<CallLine>(calls, text).retrieved ?? [];
}
