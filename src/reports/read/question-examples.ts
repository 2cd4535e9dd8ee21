import { readLines } from '../../base/files.ts';
import type { CallLine } from '../../scoring/record.ts';
import { storedQuestions } from '../../store/changed-questions.ts';
import type { RunFolder } from '../../store/run-folder.ts';

/** One call of a question as it was asked and answered. */
export interface Example {
  readonly outcome: string;
  readonly answer?: string;
  readonly retrieved: readonly RetrievedExample[];
  readonly trace_id: string;
}

export interface RetrievedExample {
  readonly snippet_id?: string;
  readonly section_id?: string;
  readonly text: string;
}

/** The same cell on both arms. */
export interface ExamplePair {
  readonly question: string;
  readonly phrasing: number;
  readonly seed: number;
  /** The phrasing's words, where the store still has them. */
  readonly asked?: string;
  readonly baseline?: Example;
  readonly candidate?: Example;
}

type Cell = Pick<CallLine, 'question' | 'phrasing' | 'seed'>;

/** What was asked, retrieved and answered on both sides, for a few cells. */
export async function readExamples(
  cells: readonly Cell[],
  folders: { readonly baseline: RunFolder; readonly candidate: RunFolder },
): Promise<readonly ExamplePair[]> {
  const questions = new Map(
    (await storedQuestions(folders.candidate).catch(() => [])).map((question) => [question.id, question]),
  );
  const [before, after] = [examplesOf(folders.baseline, cells), examplesOf(folders.candidate, cells)];
  return cells.map((cell) => {
    const { question, phrasing, seed } = cell;
    const [asked, baseline, candidate] = [
      phrasingOf(questions.get(question), phrasing),
      before.get(keyOf(cell)),
      after.get(keyOf(cell)),
    ];
    return {
      question,
      phrasing,
      seed,
      ...(asked !== undefined && { asked }),
      ...(baseline && { baseline }),
      ...(candidate && { candidate }),
    };
  });
}

function phrasingOf(
  question: { question: string; paraphrases: readonly string[] } | undefined,
  phrasing: number,
): string | undefined {
  return phrasing === 0 ? question?.question : question?.paraphrases[phrasing - 1];
}

function keyOf({ question, phrasing, seed }: Cell): string {
  return JSON.stringify([question, phrasing, seed]);
}

function examplesOf(folder: RunFolder, cells: readonly Cell[]): ReadonlyMap<string, Example> {
  const wanted = new Set(cells.map(keyOf));
  const starts = [...new Set(cells.map(({ question }) => `{"question":${JSON.stringify(question)},`))];
  const found = new Map<string, CallLine>();
  for (const { text } of readLines(folder.calls)) {
    if (!starts.some((start) => text.startsWith(start))) continue;
    const line = JSON.parse(text) as CallLine; // the record's hash says that flipgate wrote it
    if (wanted.has(keyOf(line))) found.set(keyOf(line), line);
  }
  const texts = textsOf(
    folder,
    new Set(
      [...found.values()].flatMap(({ retrieved = [] }) => retrieved.map(({ text_sha256 }) => text_sha256)),
    ),
  );
  return new Map([...found].map(([key, line]) => [key, exampleOf(line, texts)]));
}

function textsOf(folder: RunFolder, wanted: ReadonlySet<string>): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { text: line } of readLines(folder.snippets)) {
    if (texts.size === wanted.size) break;
    const { sha256, text } = JSON.parse(line) as { sha256: string; text: string }; // as above
    if (wanted.has(sha256)) texts.set(sha256, text);
  }
  return texts;
}

function exampleOf(
  { outcome, answer, retrieved = [], trace_id }: CallLine,
  texts: ReadonlyMap<string, string>,
): Example {
  return {
    outcome,
    ...(answer !== undefined && { answer }),
    retrieved: retrieved.map(({ snippet_id, section_id, text_sha256 }) => ({
      ...(snippet_id !== undefined && { snippet_id }),
      ...(section_id !== undefined && { section_id }),
      text: texts.get(text_sha256) ?? '',
    })),
    trace_id,
  };
}
