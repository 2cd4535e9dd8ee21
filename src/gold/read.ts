import { readFile } from 'node:fs/promises';
import { UserError, codeOf, messageOf } from '../base/errors.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { errorAt, type GoldFinding, type Place } from './finding.ts';
import type { RawQuestion } from './identity.ts';
import { joinRows } from './join.ts';
import { locateGold, type GoldFile, type Layout } from './locate.ts';
import { parseRows, type Row, type Rows } from './rows.ts';
import { checkRow, rowPlaceOf, type WrittenQuestion } from './schema.ts';

/** A question of the right shape, as written, and where it stands. */
export interface GoldEntry {
  readonly place: Place;
  readonly raw: RawQuestion;
  readonly question: WrittenQuestion;
}

/** A gold set as read, before anchors are resolved: what is well-formed, and what is wrong with the rest. */
export interface GoldSource {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute: what the documents that the set ships are relative to. */
  readonly folder: string;
  readonly entries: readonly GoldEntry[];
  readonly findings: readonly GoldFinding[];
}

/** Reads a gold set in any layout. Throws a `UserError` only where there is nothing to read; what is wrong inside is in `findings`. */
export async function readGold(path: string, workingDirectory: string): Promise<GoldSource> {
  const layout = await locateGold(path, workingDirectory);
  const { rows, findings } = await rowsOf(layout);
  return { path, folder: layout.folder, ...checkRows(path, rows, findings) };
}

/** The well-formed questions among rows, and what is wrong with the others. An empty set is an error. */
export function checkRows(
  path: string,
  rows: readonly Row[],
  before: readonly GoldFinding[],
): Pick<GoldSource, 'entries' | 'findings'> {
  const findings = [...before];
  const entries: GoldEntry[] = [];
  for (const row of rows) {
    const checked = checkRow(row);
    if (checked.ok) entries.push({ place: rowPlaceOf(row), raw: checked.raw, question: checked.question });
    else findings.push(...checked.findings);
  }
  findings.push(...duplicateIds(entries));
  if (rows.length === 0 && findings.length === 0) findings.push(emptySet(path));
  return { entries, findings };
}

async function rowsOf(layout: Layout): Promise<Rows> {
  if (layout.kind === 'one') return readRows(layout.file);
  const [qa, citations, paraphrases] = [
    await readRows(layout.qa),
    await readRows(layout.citations),
    await readRows(layout.paraphrases),
  ];
  return joinRows({ qa, citations, paraphrases });
}

async function readRows(file: GoldFile): Promise<Rows> {
  const bytes = await readFile(file.absolute).catch((error: unknown) => {
    throw new UserError(
      `gold file "${file.shown}" cannot be read: ${codeOf(error) === 'EACCES' ? 'permission denied' : messageOf(error)}`,
    );
  });
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return parseRows(decoded.text, file.shown, file.format);
  const words = { message: `the file ${decoded.problem}`, hint: 'save it as UTF-8 text' };
  return { rows: [], findings: [errorAt({ file: file.shown, line: decoded.line }, 'not_utf8', words)] };
}

function duplicateIds(entries: readonly GoldEntry[]): GoldFinding[] {
  const first = new Map<string, GoldEntry>();
  return entries.flatMap((entry) => {
    const id = entry.question.id.normalize('NFC');
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, entry);
      return [];
    }
    const words = {
      message: `id "${id}" is on line ${earlier.place.line ?? 1} too`,
      hint: 'give each question an id of its own: answers are kept and compared by it',
    };
    return [errorAt(entry.place, 'duplicate_id', words)];
  });
}

function emptySet(path: string): GoldFinding {
  return errorAt({ file: path }, 'empty_set', {
    message: 'the gold set has no questions',
    hint: 'an empty gold set is never evaluated: add questions to it',
  });
}
