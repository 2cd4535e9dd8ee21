import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError, messageOf } from '../../base/errors.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { findingsError } from '../finding.ts';
import { parseRows } from '../rows.ts';

/** The text of a file. Throws a `UserError` for one that cannot be read. */
export async function readText(file: string, name: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`"${name}" cannot be read: ${messageOf(error)}`);
  });
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return decoded.text;
  throw new UserError(`"${name}" ${decoded.problem}`, { hint: 'save it as UTF-8 text' });
}

/** What a file holds, by its extension; `undefined` for one that says nothing of its format. */
export async function valueOf(text: string, file: string): Promise<unknown> {
  switch (path.extname(file).toLowerCase()) {
    case '.csv':
      return csvRows(text, file, ',');
    case '.tsv':
      return csvRows(text, file, '\t');
    case '.jsonl':
    case '.ndjson':
      return linesIn(text, file);
    case '.json':
      return jsonIn(text, file);
    case '.yaml':
    case '.yml': {
      const { parse } = await import('yaml');
      try {
        return parse(text);
      } catch (error) {
        throw new UserError(`"${file}" cannot be read: ${messageOf(error)}`);
      }
    }
    default:
      return undefined;
  }
}

/** The values of JSON Lines. */
export async function linesIn(text: string, file: string): Promise<readonly unknown[]> {
  const { rows, findings } = await parseRows(text, file, 'jsonl');
  if (findings.length > 0) throw findingsError(findings);
  return rows.map((row) => row.value);
}

function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`"${file}" is not JSON: ${messageOf(error)}`);
  }
}

async function csvRows(text: string, file: string, delimiter: string): Promise<unknown> {
  const { parse } = await import('csv-parse/sync');
  try {
    return parse(text, {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      relax_column_count_less: true,
      delimiter,
    });
  } catch (error) {
    throw new UserError(`"${file}" is not CSV: ${messageOf(error)}`, {
      hint: 'the first line names the columns; a text with commas or line ends in it stands in quotes',
    });
  }
}
