import { compareCodeUnits } from '../base/canonical.ts';
import { UserError } from '../base/errors.ts';

/** Something about a gold set that a person should fix. Errors keep it from being used or trusted; warnings do not. */
export interface GoldFinding {
  readonly severity: 'error' | 'warning';
  /** What kind of finding it is, in words joined by `_`; stable, for scripts. */
  readonly code: string;
  /** As the user wrote the path. */
  readonly file: string;
  /** From 1; absent where the finding is about the whole file or set. */
  readonly line?: number;
  readonly id?: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Where a finding points to: the parts of it that stand in front of the message. */
export type Place = Pick<GoldFinding, 'file' | 'line' | 'id'>;

export function errorAt(
  place: Place,
  code: string,
  words: { readonly message: string; readonly hint: string },
): GoldFinding {
  return { severity: 'error', code, ...onlyPlace(place), ...words };
}

export function warningAt(
  place: Place,
  code: string,
  words: { readonly message: string; readonly hint: string },
): GoldFinding {
  return { severity: 'warning', code, ...onlyPlace(place), ...words };
}

function onlyPlace({ file, line, id }: Place): Place {
  return { file, ...(line === undefined ? {} : { line }), ...(id === undefined ? {} : { id }) };
}

/** By file and line; a file's or the set's own findings first. Within a line, in the order of finding. */
export function inFileOrder(findings: readonly GoldFinding[]): GoldFinding[] {
  return findings.toSorted((a, b) => compareCodeUnits(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0));
}

/** `file:line: id: message`, without the parts that are not known. */
export function sentenceOf(finding: GoldFinding): string {
  const line = finding.line === undefined ? '' : `:${finding.line}`;
  const id = finding.id === undefined ? '' : `${finding.id}: `;
  return `${finding.file}${line}: ${id}${finding.message}`;
}

const shownAtOnce = 10;

/** Up to ten findings as the one error that stops a command (exit 2), with what to do about the first. */
export function findingsError(findings: readonly GoldFinding[]): UserError {
  const sentences = findings.slice(0, shownAtOnce).map((finding) => sentenceOf(finding));
  const more = findings.length > shownAtOnce ? [`and ${findings.length - shownAtOnce} more`] : [];
  const hint = findings[0]?.hint;
  return new UserError([...sentences, ...more].join('\n'), hint === undefined ? {} : { hint });
}

/** A value for a message: as JSON, cut to 60 characters. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  const characters = Array.from(text);
  return characters.length > 60 ? `${characters.slice(0, 57).join('')}...` : text;
}
