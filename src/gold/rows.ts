import { messageOf } from '../base/errors.ts';
import { errorAt, show, type GoldFinding, type Place } from './finding.ts';
import { lineAt, linesAt, positionOf, scanJson } from './json-scan.ts';

/** One item of a file, as written, and where it stands. */
export interface Row {
  readonly file: string;
  readonly line: number;
  readonly value: unknown;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly findings: readonly GoldFinding[];
}

export type RowFormat = 'jsonl' | 'json' | 'yaml';

const formats: Readonly<Record<string, RowFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

export const rowExtensions: readonly string[] = Object.keys(formats);

/** The format that a file's ending names. */
export function rowFormat(extension: string): RowFormat | undefined {
  return formats[extension.toLowerCase()];
}

/** The items of a text with their lines: one a line (JSON Lines), or those of its one list. What cannot be read is a finding. */
export async function parseRows(text: string, file: string, format: RowFormat): Promise<Rows> {
  if (text.trim() === '') return { rows: [], findings: [emptyFile(file)] };
  switch (format) {
    case 'jsonl':
      return parseLines(text, file);
    case 'json':
      return parseJson(text, file);
    case 'yaml':
      return parseYaml(text, file);
  }
}

function emptyFile(file: string): GoldFinding {
  return errorAt({ file }, 'empty_file', {
    message: 'the file is empty',
    hint: 'write one JSON object a line, with id, question, paraphrases and anchors',
  });
}

function parseLines(text: string, file: string): Rows {
  const rows: Row[] = [];
  const findings: GoldFinding[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const place = { file, line: index + 1 };
    try {
      rows.push({ ...place, value: JSON.parse(line) });
      const { repeatedKey } = scanJson(line);
      if (repeatedKey !== undefined) findings.push(keyTwice(place, repeatedKey.key));
    } catch {
      findings.push(
        errorAt(place, 'not_json', {
          message: `expected one JSON object on the line, found ${excerpt(line.trim())}`,
          hint: 'check quotes, commas and brackets there; an object must not be broken over lines',
        }),
      );
    }
  });
  return { rows, findings };
}

function excerpt(line: string): string {
  const characters = Array.from(line.slice(0, 200));
  return characters.length > 60 ? `${characters.slice(0, 57).join('')}...` : characters.join('');
}

function parseJson(text: string, file: string): Rows {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const place = { file, line: lineAt(text, positionOf(messageOf(error)) ?? text.trimEnd().length) };
    return {
      rows: [],
      findings: [
        errorAt(place, 'not_json', {
          message: 'the file is not valid JSON from here on',
          hint: 'check quotes, commas and brackets there; JSON Lines files end in .jsonl',
        }),
      ],
    };
  }
  if (!Array.isArray(value)) return { rows: [], findings: [notAList({ file, line: 1 }, value)] };
  const { items, repeatedKey } = scanJson(text);
  const lines = linesAt(text, items);
  const rows = value.map((item: unknown, index) => ({ file, line: lines[index] ?? 1, value: item }));
  return {
    rows,
    findings:
      repeatedKey === undefined
        ? []
        : [keyTwice({ file, line: lineAt(text, repeatedKey.offset) }, repeatedKey.key)],
  };
}

function keyTwice(place: Place, key: string): GoldFinding {
  return errorAt(place, 'repeated_key', {
    message: `key "${key}" stands twice in one object`,
    hint: 'keep one of them: of two equal keys readers drop one without a word',
  });
}

function notAList(place: Place, value: unknown): GoldFinding {
  return errorAt(place, 'not_a_list', {
    message: `found ${show(value)}: expected a list of questions`,
    hint: 'a JSON or YAML gold set is one list; JSON Lines files end in .jsonl',
  });
}

async function parseYaml(text: string, file: string): Promise<Rows> {
  const { LineCounter, isNode, isSeq, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    const findings = problems.map((problem) =>
      errorAt({ file, line: lines.linePos(problem.pos[0]).line }, 'not_yaml', {
        message: `not valid YAML: ${lowerFirst(problem.message)}`,
        hint: 'check indentation, quotes and brackets there',
      }),
    );
    return { rows: [], findings };
  }
  const { contents } = document;
  if (!isSeq(contents))
    return {
      rows: [],
      findings: [
        notAList(
          { file, line: 1 },
          yamlValue(() => document.toJS() as unknown),
        ),
      ],
    };
  const lineOf = (item: unknown): number =>
    lines.linePos((isNode(item) ? item.range?.[0] : undefined) ?? 0).line;
  const value = yamlValue(() => document.toJS() as unknown);
  if (!Array.isArray(value))
    return {
      rows: [],
      findings: [
        errorAt({ file }, 'not_yaml', { message: 'too many aliases', hint: 'write the values out' }),
      ],
    };
  return {
    rows: contents.items.map((item, index) => ({ file, line: lineOf(item), value: value[index] as unknown })),
    findings: [],
  };
}

/** The yaml library throws where aliases would expand without end. */
function yamlValue(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return messageOf(error);
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
