import {
  listIn,
  rowsIn,
  textIn,
  textsIn,
  unusedKeys,
  type Imported,
  type ImportedQuestion,
} from './formats.ts';

const used: ReadonlySet<string> = new Set([
  'id',
  'user_input',
  'question',
  'reference',
  'ground_truth',
  'ground_truths',
  'reference_contexts',
  'tags',
]);

/** ragas style rows: `user_input` or `question`, `reference` or `ground_truth`, and reference contexts, which become anchors with text. */
export function fromRagas(values: readonly unknown[]): Imported {
  const rows = rowsIn(values);
  const questions = rows.flatMap((row) => questionOf(row) ?? []);
  const skipped = values.length - questions.length;
  const retrieved = rows.filter(
    (row) => row['reference_contexts'] === undefined && row['contexts'] !== undefined,
  ).length;
  const notes = [
    ...(skipped > 0 ? [`${skipped} rows have no user_input and no question, and were left out`] : []),
    ...(retrieved > 0
      ? [
          `${retrieved} rows have contexts but no reference_contexts: what was retrieved stands as the anchor, so check it`,
        ]
      : []),
    ...unusedKeys(rows, retrieved > 0 && retrieved === rows.length ? new Set([...used, 'contexts']) : used),
  ];
  return { questions, notes };
}

function questionOf(row: Readonly<Record<string, unknown>>): ImportedQuestion | undefined {
  const question = textIn(row['user_input']) ?? textIn(row['question']);
  if (question === undefined) return undefined;
  const contexts = listIn(row['reference_contexts'] ?? row['contexts']);
  return {
    id: textIn(row['id']),
    question,
    anchors: contexts.map((text) => ({ text })),
    answer: textIn(row['reference']) ?? listIn(row['ground_truth'] ?? row['ground_truths'])[0],
    tags: textsIn(row['tags']),
  };
}
