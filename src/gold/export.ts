import { findingsError } from './finding.ts';
import { goldSha256, type RawQuestion } from './identity.ts';
import { resolveSource, type LoadOptions } from './load.ts';
import { readGold } from './read.ts';
import type { ResolvedEntry } from './resolve.ts';
import { writeGold } from './write.ts';

export interface GoldExportOptions extends LoadOptions {
  readonly out: string;
  /** Write the texts of anchors in, where the set has offsets alone. */
  readonly resolve: boolean;
  readonly force: boolean;
}

export interface Exported {
  readonly files: readonly string[];
  readonly questions: number;
  /** The identity of what was written; another than `from` only where texts were written in. */
  readonly sha256: string;
  readonly from: string;
  /** Anchors that still need their documents. */
  readonly withoutText: number;
}

/** Writes a gold set in another layout. Throws a `UserError` where it does not load, and where a file would be overwritten. */
export async function exportGold(path: string, options: GoldExportOptions): Promise<Exported> {
  const source = await readGold(path, options.workingDirectory);
  const { resolved, findings } = await resolveSource(source, options);
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (errors.length > 0) throw findingsError(errors);
  const questions = resolved.map((one) => (options.resolve ? withTexts(one) : one.entry.raw));
  const files = await writeGold(questions, options.out, options);
  return {
    files,
    questions: questions.length,
    sha256: goldSha256(questions),
    from: goldSha256(source.entries.map((entry) => entry.raw)),
    withoutText: options.resolve
      ? 0
      : resolved.flatMap(({ entry }) => entry.question.anchors).filter((anchor) => anchor.text === undefined)
          .length,
  };
}

/** In a set without errors every anchor is resolved, so the two lists match item by item. */
function withTexts({ entry, question }: ResolvedEntry): RawQuestion {
  const written = entry.question.anchors;
  if (written.every((anchor) => anchor.text !== undefined)) return entry.raw;
  return {
    ...entry.raw,
    anchors: written.map((anchor, index) => ({
      ...anchor,
      text: anchor.text ?? question.anchors[index]?.text,
    })),
  };
}
