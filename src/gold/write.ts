import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../base/errors.ts';
import { writeAtomically } from '../base/files.ts';
import { goldSha256, type RawQuestion } from './identity.ts';
import { joinRows } from './join.ts';
import { parseRows, rowExtensions, rowFormat, type RowFormat, type Rows } from './rows.ts';

/** A gold set's files: their absolute paths, texts and formats. */
interface OutFile {
  readonly file: string;
  readonly text: string;
  readonly format: RowFormat;
}

export interface WriteOptions {
  readonly workingDirectory: string;
  /** Write over files that are there. */
  readonly force: boolean;
}

/**
 * Writes questions as a gold set: `.jsonl`, `.json` or `.yaml` by the path's ending, three files for a path without one. Reads the texts back
 * before anything is written: their identity is the questions'. Never overwrites without `force`. Returns the paths as the user would write
 * them.
 */
export async function writeGold(
  questions: readonly RawQuestion[],
  out: string,
  options: WriteOptions,
): Promise<readonly string[]> {
  const files = await textsOf(questions, path.resolve(options.workingDirectory, out), out);
  await refuseToOverwrite(files, options);
  if ((await identityOf(files)) !== goldSha256(questions))
    throw new Error(`the texts for "${out}" do not read back as the gold set they were written from`);
  for (const { file, text } of files) await writeAtomically(file, text);
  return files.map(({ file }) => (files.length === 1 ? out : path.join(out, path.basename(file))));
}

async function textsOf(
  questions: readonly RawQuestion[],
  absolute: string,
  shown: string,
): Promise<readonly OutFile[]> {
  const extension = path.extname(absolute);
  if (extension === '') return threeFiles(questions, absolute);
  const format = rowFormat(extension);
  if (format === undefined)
    throw new UserError(`"${shown}" has an ending that is not known`, {
      hint: `known endings: ${rowExtensions.join(', ')}; without an ending three files are written`,
    });
  return [{ file: absolute, text: await textOf(questions, format), format }];
}

async function textOf(questions: readonly RawQuestion[], format: RowFormat): Promise<string> {
  switch (format) {
    case 'jsonl':
      return linesOf(questions);
    case 'json':
      return `${JSON.stringify(questions, undefined, 2)}\n`;
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(questions, { lineWidth: 0, aliasDuplicateObjects: false });
    }
  }
}

function linesOf(questions: readonly RawQuestion[]): string {
  return questions.map((question) => `${JSON.stringify(question)}\n`).join('');
}

function threeFiles(questions: readonly RawQuestion[], folder: string): readonly OutFile[] {
  const own = questions.map(({ anchors: _anchors, paraphrases: _paraphrases, ...rest }) => rest);
  const part = (key: string): RawQuestion[] =>
    questions.map((question) => ({ id: question['id'], [key]: question[key] ?? [] }));
  const parts = { qa: own, citations: part('anchors'), paraphrases: part('paraphrases') };
  return Object.entries(parts).map(([name, lines]) => ({
    file: path.join(folder, `${name}.jsonl`),
    text: linesOf(lines),
    format: 'jsonl',
  }));
}

async function refuseToOverwrite(
  files: readonly OutFile[],
  { force, workingDirectory }: WriteOptions,
): Promise<void> {
  for (const { file } of files) {
    const there = await stat(file).catch(() => undefined);
    if (there?.isDirectory() === true)
      throw new UserError(`"${path.relative(workingDirectory, file)}" is a folder`, {
        hint: 'name another path with --out',
      });
    if (there !== undefined && !force)
      throw new UserError(`"${path.relative(workingDirectory, file)}" is there already`, {
        hint: 'name another path with --out, or write over it with --force',
      });
  }
}

async function identityOf(files: readonly OutFile[]): Promise<string> {
  const parsed = await Promise.all(files.map(({ text, format, file }) => parseRows(text, file, format)));
  const [qa, citations, paraphrases] = parsed;
  const rows =
    citations === undefined || paraphrases === undefined
      ? qa
      : joinRows({ qa: qa ?? nothing, citations, paraphrases });
  return goldSha256((rows ?? nothing).rows.map((row) => row.value as RawQuestion)); // just written from raw questions
}

const nothing: Rows = { rows: [], findings: [] };
