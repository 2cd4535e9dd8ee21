import { errorAt, show, type GoldFinding } from './finding.ts';
import type { Row, Rows } from './rows.ts';
import { rowPlaceOf } from './schema.ts';

export interface ThreeFiles {
  readonly qa: Rows;
  readonly citations: Rows;
  readonly paraphrases: Rows;
}

/** The three-file layout as one list of rows, joined by id, each at its place in `qa.jsonl`. What does not join is a finding. */
export function joinRows({ qa, citations, paraphrases }: ThreeFiles): Rows {
  const findings: GoldFinding[] = [...qa.findings, ...citations.findings, ...paraphrases.findings];
  const parts = [
    { key: 'anchors', byId: indexById(citations.rows, 'anchors', findings) },
    { key: 'paraphrases', byId: indexById(paraphrases.rows, 'paraphrases', findings) },
  ];
  const ids = new Set(qa.rows.map((row) => idOf(row)));
  for (const row of [...citations.rows, ...paraphrases.rows]) {
    const id = idOf(row);
    if (id !== undefined && !ids.has(id)) findings.push(notInQa(row, id));
  }
  const rows = qa.rows.map((row) => ({
    ...row,
    value: parts.reduce((value, part) => withPart(value, part, { row, findings }), row.value),
  }));
  return { rows, findings };
}

interface Part {
  readonly key: string;
  readonly byId: ReadonlyMap<string, Row>;
}

function withPart(
  value: unknown,
  { key, byId }: Part,
  { row, findings }: { readonly row: Row; readonly findings: GoldFinding[] },
): unknown {
  const id = idOf(row);
  const found = id === undefined ? undefined : byId.get(id);
  if (found === undefined || !isObject(value) || !isObject(found.value)) return value;
  if (key in value) {
    const words = {
      message: `"${key}" stands in ${row.file} and in ${found.file}:${found.line}`,
      hint: 'keep it in one of the two files',
    };
    findings.push(errorAt(rowPlaceOf(row), 'part_twice', words));
    return value;
  }
  return { ...value, [key]: found.value[key] };
}

function indexById(rows: readonly Row[], key: string, findings: GoldFinding[]): ReadonlyMap<string, Row> {
  const byId = new Map<string, Row>();
  for (const row of rows) {
    const id = idOf(row);
    const first = id === undefined ? undefined : byId.get(id);
    const wrong =
      id === undefined ||
      !isObject(row.value) ||
      Object.keys(row.value).some((name) => name !== 'id' && name !== key) ||
      !(key in row.value);
    if (wrong)
      findings.push(
        errorAt(rowPlaceOf(row), 'wrong_shape', {
          message: `found ${show(row.value)}: expected {"id", "${key}"} and no other key`,
          hint: 'all other keys of a question belong in qa.jsonl',
        }),
      );
    else if (first !== undefined)
      findings.push(
        errorAt(rowPlaceOf(row), 'duplicate_id', {
          message: `id "${id}" is on line ${first.line} too`,
          hint: 'write one line for each id',
        }),
      );
    else byId.set(id, row);
  }
  return byId;
}

function notInQa(row: Row, id: string): GoldFinding {
  return errorAt(rowPlaceOf(row), 'unknown_id', {
    message: `id "${id}" is not in qa.jsonl`,
    hint: 'add the question there or remove this line',
  });
}

function idOf(row: Row): string | undefined {
  return isObject(row.value) && typeof row.value['id'] === 'string'
    ? row.value['id'].normalize('NFC')
    : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
