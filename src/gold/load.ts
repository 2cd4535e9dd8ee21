import path from 'node:path';
import { compareCodeUnits } from '../base/canonical.ts';
import type { GoldSet } from '../plan/gold-set.ts';
import { openDocuments, type Documents } from './documents.ts';
import { findingsError, inFileOrder, type GoldFinding } from './finding.ts';
import { goldSha256 } from './identity.ts';
import { readGold, type GoldSource } from './read.ts';
import { resolveEntry, type ResolvedEntry } from './resolve.ts';

export interface LoadOptions {
  readonly workingDirectory: string;
  /** Folder in which documents are looked up first; relative to the working directory. */
  readonly corpusRoot?: string | undefined;
}

/**
 * Loads a gold set, in any layout, with the texts of its anchors. Throws a `UserError` (exit 2) that names up to ten problems with file,
 * line and id: an empty set, a repeated id, a wrong shape, an anchor that cannot be resolved or whose offsets do not hold its text.
 */
export async function loadGold(written: string, options: LoadOptions): Promise<GoldSet> {
  const source = await readGold(written, options.workingDirectory);
  const { resolved, documents, findings } = await resolveSource(source, options);
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (errors.length > 0) throw findingsError(errors);
  const raws = source.entries.map((entry) => entry.raw);
  return {
    sha256: goldSha256(raws),
    path: written,
    questions: resolved.map((one) => one.question).toSorted((a, b) => compareCodeUnits(a.id, b.id)),
    documents: documents.texts(),
  };
}

export interface ResolvedSource {
  readonly resolved: readonly ResolvedEntry[];
  readonly documents: Documents;
  /** Of reading and of resolving, in the order of the files. */
  readonly findings: readonly GoldFinding[];
}

/** Resolves the anchors of what could be read. */
export async function resolveSource(source: GoldSource, options: LoadOptions): Promise<ResolvedSource> {
  const corpus =
    options.corpusRoot === undefined ? undefined : path.resolve(options.workingDirectory, options.corpusRoot);
  const documents = openDocuments({ goldFolder: source.folder, corpusRoot: corpus });
  const resolved: ResolvedEntry[] = [];
  for (const entry of source.entries) resolved.push(await resolveEntry(entry, documents));
  return {
    resolved,
    documents,
    findings: inFileOrder([...source.findings, ...resolved.flatMap((one) => one.findings)]),
  };
}
