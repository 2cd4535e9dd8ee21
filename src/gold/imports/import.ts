import path from 'node:path';
import { UserError } from '../../base/errors.ts';
import type { RawQuestion } from '../identity.ts';
import { findingsError } from '../finding.ts';
import { checkRows } from '../read.ts';
import { writeGold } from '../write.ts';
import { fromRows } from './csv.ts';
import { rowIn, type Imported, type ImportedQuestion, type ImportFormat } from './formats.ts';
import { fromPromptfoo } from './promptfoo.ts';
import { fromRagas } from './ragas.ts';
import { linesIn, readText, valueOf } from './source.ts';
import { fromTrec } from './trec.ts';

export interface ImportOptions {
  readonly workingDirectory: string;
  readonly from?: string;
  readonly out: string;
  readonly qrels?: string;
  readonly documents?: string;
  readonly force: boolean;
}

export interface ImportResult {
  readonly format: ImportFormat;
  readonly questions: number;
  /** What was not taken over, and what a person has to add. */
  readonly notes: readonly string[];
}

/** Makes a gold set of another tool's file. Throws a `UserError` for a file that cannot be read as that, and where no question is found. */
export async function importGold(file: string, options: ImportOptions): Promise<ImportResult> {
  const read = (name: string): Promise<string> =>
    readText(path.resolve(options.workingDirectory, name), name);
  const text = await read(file);
  const value = await valueOf(text, file);
  const format = (options.from as ImportFormat | undefined) ?? guess(file, value, options); // the flag allows no other
  const imported = await imports[format]({ text, value, options, read, file });
  if (imported.questions.length === 0)
    throw new UserError(`"${file}" has no question that ${format} rows or tests would have`, {
      hint: 'name its format with --from',
    });
  const questions = withIds(imported.questions).map(written);
  refuseUnreadable(questions, file);
  await writeGold(questions, options.out, options);
  return {
    format,
    questions: questions.length,
    notes: [...imported.notes, ...missingNotes(imported.questions)],
  };
}

interface ImportJob {
  readonly text: string;
  readonly value: unknown;
  readonly file: string;
  readonly options: ImportOptions;
  readonly read: (name: string) => Promise<string>;
}

const imports: Readonly<Record<ImportFormat, (job: ImportJob) => Imported | Promise<Imported>>> = {
  csv: ({ value }) => fromRows(listOf(value)),
  promptfoo: ({ value }) => fromPromptfoo(value),
  ragas: ({ value }) => fromRagas(listOf(value)),
  trec: async ({ text, value, options, read }) => {
    const { qrels, documents } = options;
    if (qrels === undefined || documents === undefined)
      throw new UserError('TREC topics need --qrels and --documents', {
        hint: 'documents are JSON Lines with id and text',
      });
    const topics = Array.isArray(value) ? (value as unknown[]) : text; // narrowed by isArray, which forgets unknown
    return fromTrec({
      topics,
      qrels: await read(qrels),
      documents: await linesIn(await read(documents), documents),
    });
  },
};

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function guess(file: string, value: unknown, options: ImportOptions): ImportFormat {
  const first = rowIn(listOf(value)[0]);
  const has = (...keys: readonly string[]): boolean => keys.some((key) => first?.[key] !== undefined);
  if (options.qrels !== undefined) return 'trec';
  if (rowIn(value)?.['tests'] !== undefined || has('vars', '__expected')) return 'promptfoo';
  if (has('user_input', 'reference_contexts', 'ground_truth', 'contexts')) return 'ragas';
  if (first !== undefined) return 'csv';
  throw new UserError(`cannot detect the format of "${file}"`, {
    hint: 'name its format with --from csv, promptfoo, ragas or trec',
  });
}

/** Without the members that are not there, so that the set reads back as it was written. */
function written(question: ImportedQuestion & { readonly id: string }): RawQuestion {
  const { id, anchors = [], paraphrases = [], tags = [], answerable, ...rest } = question;
  const whole = {
    id,
    question: rest.question,
    paraphrases,
    anchors,
    answer: rest.answer,
    ...(answerable === false ? { answerable } : {}),
    tags,
  };
  return JSON.parse(JSON.stringify(whole)) as RawQuestion; // an object stays one
}

/** Those without an id get `Q_0001` and so on, past the ids that are there. */
function withIds(
  questions: readonly ImportedQuestion[],
): readonly (ImportedQuestion & { readonly id: string })[] {
  const taken = new Set(questions.map(({ id }) => id));
  let next = 0;
  return questions.map((question) => {
    if (question.id !== undefined) return { ...question, id: question.id };
    let id: string;
    do id = `Q_${String((next += 1)).padStart(4, '0')}`;
    while (taken.has(id));
    return { ...question, id };
  });
}

/** What would not load is not written: repeated ids, texts with half characters. Missing anchors and paraphrases are notes. */
function refuseUnreadable(questions: readonly RawQuestion[], file: string): void {
  const rows = questions.map((value, index) => ({ file, line: index + 1, value }));
  const { findings } = checkRows(file, rows, []);
  const named = findings.map(({ line, ...finding }) => ({
    ...finding,
    message: finding.message.replace(/ on line (\d+)/u, ' of question $1'),
    ...(finding.id === undefined ? { id: `question ${line ?? 1}` } : {}),
  }));
  if (named.length > 0) throw findingsError(named);
}

function missingNotes(questions: readonly ImportedQuestion[]): readonly string[] {
  const bare = questions.filter(
    ({ anchors = [], answerable }) => anchors.length === 0 && answerable !== false,
  ).length;
  const few = questions.filter(({ paraphrases = [] }) => paraphrases.length < 3).length;
  return [
    ...(bare > 0
      ? [`${bare} questions have no anchor: add the section that answers each, or "answerable": false`]
      : []),
    ...(few > 0 ? [`${few} questions have fewer than 3 paraphrases: add how other people would ask`] : []),
  ];
}
