import { compareCodeUnits } from '../../base/canonical.ts';
import { readLines } from '../../base/files.ts';
import type { CallLine, RunRecord, ScoreLine } from '../../scoring/record.ts';
import type { Shape } from '../../statistics/evidence/evidence.ts';
import { evidenceError } from '../corrupt-error.ts';
import type { RunFolder } from '../run-folder.ts';

/** What the cells of a run are. Throws a `UserError` (exit 4) where its scores are not those of its plan. */
export function shapeOf(folder: RunFolder, { plan }: RunRecord): Shape {
  const ids = new Set<string>();
  let start = '';
  for (const { text } of readLines(folder.scores)) {
    // A question's lines stand together.
    if (start !== '' && text.startsWith(start)) continue;
    start = questionFirst.exec(text)?.[0] ?? '';
    ids.add(questionOf(folder, text));
  }
  const perQuestion = plan.phrasings * plan.seeds.length;
  if (ids.size !== plan.questions || plan.cells !== plan.questions * perQuestion)
    throw evidenceError(
      `"${folder.scores}" has ${ids.size} questions, the plan of run ${folder.id} has ${plan.questions}`,
      'ask again',
    );
  const seeds = [...plan.seeds].sort((a, b) => a - b);
  return {
    questions: [...ids].sort(compareCodeUnits),
    phrasings: plan.phrasings,
    seeds,
    perQuestion,
    cells: plan.cells,
  };
}

const questionFirst = /^\{"question":("(?:[^"\\]|\\.)*")/u;

/** The question of a line, which stands first in ours: the rest needs no parsing for that. */
function questionOf(folder: RunFolder, text: string): string {
  const first = questionFirst.exec(text)?.[1];
  const { question } = parsed<ScoreLine>(folder.scores, first === undefined ? text : `{"question":${first}}`);
  if (typeof question === 'string') return question;
  throw evidenceError(
    `"${folder.scores}" has a line without a question`,
    'score it again: flipgate runs score',
  );
}

/** Lines are checked by their file's hash; what is read of them is checked where it is read. */
export function parsed<Line>(file: string, text: string): Partial<Line> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // said below
  }
  throw evidenceError(
    `"${file}" has a line that is no JSON object`,
    'it was cut or edited: restore it, or ask again',
  );
}

/** The place of a line's cell. Throws a `UserError` (exit 4) for a call that was not planned. */
export type CellFinder = (
  line: Partial<Pick<CallLine, 'question' | 'phrasing' | 'seed'>>,
  file: string,
) => number;

export function cellFinder(folder: RunFolder, shape: Shape): CellFinder {
  const places = new Map(shape.questions.map((id, index) => [id, index]));
  return ({ question, phrasing, seed }, file) => {
    const first = places.get(question ?? '');
    const last = shape.seeds.indexOf(seed ?? Number.NaN);
    if (
      first !== undefined &&
      last !== -1 &&
      phrasing !== undefined &&
      Number.isInteger(phrasing) &&
      phrasing >= 0 &&
      phrasing < shape.phrasings
    )
      return (first * shape.phrasings + phrasing) * shape.seeds.length + last;
    throw evidenceError(`"${file}" has a call that the plan of run ${folder.id} does not have`, 'ask again');
  };
}

/** Every cell once: a line that is there twice, or not at all, is no evidence. */
export class Seen {
  readonly #file: string;
  readonly #cells: Uint8Array;
  #count = 0;

  constructor(file: string, cells: number) {
    this.#file = file;
    this.#cells = new Uint8Array(cells);
  }

  add(cell: number): void {
    if (this.#cells[cell] === 1) throw evidenceError(`"${this.#file}" has a call twice`, 'ask again');
    this.#cells[cell] = 1;
    this.#count += 1;
  }

  end(): void {
    if (this.#count < this.#cells.length)
      throw evidenceError(
        `"${this.#file}" has ${this.#count} of ${this.#cells.length} calls`,
        'ask again, or resume the run',
      );
  }
}
