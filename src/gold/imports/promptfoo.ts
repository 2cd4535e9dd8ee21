import { UserError } from '../../base/errors.ts';
import { rowIn, textIn, textsIn, type Imported, type ImportedQuestion } from './formats.ts';

const questionVariables = ['question', 'query', 'input', 'prompt', 'user_input'] as const;
const answerVariables = ['answer', 'expected'] as const;
const textAsserts: ReadonlySet<string> = new Set([
  'equals',
  'similar',
  'factuality',
  'answer-relevance',
  'llm-rubric',
  'icontains',
  'contains',
]);

type Row = Readonly<Record<string, unknown>>;

/** promptfoo tests: `vars` hold the question (and contexts), `assert` a reference answer, `metadata` id, tags and section ids. */
export function fromPromptfoo(value: unknown): Imported {
  const tests = testsIn(value).map((test) => fromCsvColumns(rowIn(test) ?? {}));
  const leftOver = new Map<string, number>();
  const questions = tests.flatMap(
    (test) => questionOf(test, (name) => leftOver.set(name, (leftOver.get(name) ?? 0) + 1)) ?? [],
  );
  const skipped = tests.length - questions.length;
  const variables = questionVariables.map((name) => `"${name}"`).join(' or ');
  return {
    questions,
    notes: [
      ...(skipped > 0 ? [`${skipped} tests have no text in variable ${variables} and were left out`] : []),
      ...[...leftOver].map(([name, count]) => `not taken over: ${name} (${count} tests)`),
    ],
  };
}

function testsIn(value: unknown): readonly unknown[] {
  const tests = Array.isArray(value) ? (value as unknown[]) : rowIn(value)?.['tests']; // narrowed by isArray, which forgets unknown
  if (typeof tests === 'string')
    throw new UserError(`the tests are in another file: "${tests}"`, { hint: 'import that file' });
  return Array.isArray(tests) ? tests : [];
}

/** A row of a CSV of tests: variables as columns, beside `__expected`, `__description` and `__metadata:name`. */
function fromCsvColumns(row: Row): Row {
  if (row['vars'] !== undefined) return row;
  const keys = Object.keys(row);
  const expected = keys
    .filter((key) => /^__expected\d*$/u.test(key))
    .flatMap((key) => textIn(row[key]) ?? []);
  return {
    vars: Object.fromEntries(keys.filter((key) => !key.startsWith('__')).map((key) => [key, row[key]])),
    assert: expected.map(assertion),
    metadata: Object.fromEntries(
      keys
        .filter((key) => key.startsWith('__metadata:'))
        .map((key) => [key.slice('__metadata:'.length), row[key]]),
    ),
    ...(row['__description'] === undefined ? {} : { description: row['__description'] }),
  };
}

function assertion(expected: string): Row {
  const [, type, value] = /^([a-z][a-z-]*)(?:\([^)]*\))?:\s*(.*)$/su.exec(expected) ?? [];
  return type === undefined ? { type: 'equals', value: expected } : { type, value };
}

function questionOf(test: Row, leaveOver: (name: string) => void): ImportedQuestion | undefined {
  const variables = rowIn(test['vars']) ?? {};
  const name = questionVariables.find((variable) => textIn(variables[variable]) !== undefined);
  if (name === undefined) return undefined;
  const metadata = rowIn(test['metadata']) ?? {};
  const contexts = textsIn(variables['context'] ?? variables['contexts']);
  const answer = referenceAnswer(variables, test['assert'], leaveOver);
  tellLeftOver(test, { variables, metadata, question: name }, leaveOver);
  return {
    id: textIn(metadata['id']) ?? textIn(test['id']),
    question: textIn(variables[name]) ?? '',
    anchors: contexts.map((text) => ({
      source_url: textIn(metadata['source_url']),
      section_id: textIn(metadata['section_id']),
      text,
    })),
    answer,
    tags: textsIn(metadata['tags']),
  };
}

function referenceAnswer(
  variables: Row,
  asserts: unknown,
  leaveOver: (name: string) => void,
): string | undefined {
  const list: readonly unknown[] = Array.isArray(asserts) ? asserts : [];
  const rows = list.map((item) => rowIn(item) ?? {});
  const given = answerVariables
    .map((variable) => textIn(variables[variable]))
    .find((text) => text !== undefined);
  const used =
    given === undefined
      ? rows.find((row) => textAsserts.has(String(row['type'])) && textIn(row['value']) !== undefined)
      : undefined;
  for (const row of rows) if (row !== used) leaveOver(`assertion "${String(row['type'])}"`);
  return given ?? textIn(used?.['value']);
}

function tellLeftOver(
  test: Row,
  {
    variables,
    metadata,
    question,
  }: { readonly variables: Row; readonly metadata: Row; readonly question: string },
  leaveOver: (name: string) => void,
): void {
  const usedVariables = new Set<string>([question, ...answerVariables, 'context', 'contexts']);
  for (const key of Object.keys(variables)) if (!usedVariables.has(key)) leaveOver(`variable "${key}"`);
  const anchored = variables['context'] !== undefined || variables['contexts'] !== undefined;
  const usedMetadata = new Set(['id', 'tags', ...(anchored ? ['source_url', 'section_id'] : [])]);
  for (const key of Object.keys(metadata)) if (!usedMetadata.has(key)) leaveOver(`metadata "${key}"`);
  for (const key of Object.keys(test))
    if (!['vars', 'assert', 'metadata', 'id'].includes(key)) leaveOver(`key "${key}"`);
}
