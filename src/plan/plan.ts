import { UserError } from '../base/errors.ts';
import type { GoldSet, Question } from './gold-set.ts';
import { createRandom, shuffledIndices } from './random.ts';

export interface PlanOptions {
  readonly paraphrases: number;
  readonly seeds: readonly number[];
  readonly orderSeed: number;
  readonly limit?: number | undefined;
  readonly tag?: string | undefined;
}

/** One (question, phrasing, seed). */
export interface Cell {
  /** Place in plan order: question, phrasing, seed. */
  readonly index: number;
  readonly question: Question;
  readonly phrasing: number;
  readonly text: string;
  readonly seed: number;
}

/** What is asked of an arm: every question in every phrasing with every seed. */
export interface Plan {
  /** Sorted by id, by code unit. */
  readonly questions: readonly Question[];
  /** The question itself and its paraphrases. */
  readonly phrasings: number;
  readonly seeds: readonly number[];
  readonly orderSeed: number;
  readonly cells: number;
  /** Plan indices in the seeded random order in which they are asked, the same for all arms of a session. */
  readonly order: Uint32Array;
  cell(index: number): Cell;
  /** The plan index of a question's phrasing and seed, by their values; `undefined` for what the plan does not have. */
  indexOf(cell: {
    readonly question: string;
    readonly phrasing: number;
    readonly seed: number;
  }): number | undefined;
}

/**
 * The plan of a run. Throws a `UserError` when nothing is left to ask, when a question has too few paraphrases, or when two phrasings of a
 * question are the same text: two equal phrasings measure nothing new.
 */
export function planOf(gold: GoldSet, options: PlanOptions): Plan {
  const questions = chosenQuestions(gold, options);
  for (const question of questions) checkPhrasings(question, options.paraphrases);
  const phrasings = options.paraphrases + 1;
  const cells = questions.length * phrasings * options.seeds.length;
  const order = shuffledIndices(cells, createRandom(options.orderSeed));
  const { seeds, orderSeed } = options;
  const sizes = { questions, phrasings, seeds };
  return {
    ...sizes,
    orderSeed,
    cells,
    order,
    cell: (index) => cellAt(index, sizes),
    indexOf: indexFinder(sizes),
  };
}

/** Text of a question's phrasing: 0 is the question itself. */
export function phrasingText(question: Question, phrasing: number): string {
  const text = phrasing === 0 ? question.question : question.paraphrases[phrasing - 1];
  if (text === undefined) throw new RangeError(`question ${question.id} has no phrasing ${phrasing}`);
  return text;
}

type Sizes = Pick<Plan, 'questions' | 'phrasings' | 'seeds'>;

function indexFinder({ questions, phrasings, seeds }: Sizes): Plan['indexOf'] {
  const questionIndex = new Map(questions.map((question, index) => [question.id, index]));
  const seedIndex = new Map(seeds.map((seed, index) => [seed, index]));
  return ({ question, phrasing, seed }) => {
    const first = questionIndex.get(question);
    const last = seedIndex.get(seed);
    const known = Number.isInteger(phrasing) && phrasing >= 0 && phrasing < phrasings;
    return first === undefined || last === undefined || !known
      ? undefined
      : (first * phrasings + phrasing) * seeds.length + last;
  };
}

function cellAt(index: number, plan: Sizes): Cell {
  const seedCount = plan.seeds.length;
  const phrasing = Math.floor(index / seedCount) % plan.phrasings;
  const question = plan.questions[Math.floor(index / (seedCount * plan.phrasings))];
  const seed = plan.seeds[index % seedCount];
  if (question === undefined || seed === undefined) throw new RangeError(`the plan has no cell ${index}`);
  return { index, question, phrasing, text: phrasingText(question, phrasing), seed };
}

function chosenQuestions(gold: GoldSet, { tag, limit, orderSeed }: PlanOptions): readonly Question[] {
  const tagged =
    tag === undefined ? gold.questions : gold.questions.filter((question) => question.tags.includes(tag));
  if (tagged.length === 0) {
    const tags = [...new Set(gold.questions.flatMap((question) => question.tags))].sort();
    if (tag === undefined) throw new UserError(`gold set "${gold.path}" has no questions`);
    throw new UserError(`no question has the tag "${tag}"`, {
      hint: tags.length === 0 ? 'the gold set has no tags' : `tags: ${tags.join(', ')}`,
    });
  }
  if (limit === undefined || limit >= tagged.length) return tagged;
  const sample = shuffledIndices(tagged.length, createRandom(orderSeed)).slice(0, limit).sort();
  return tagged.filter((_, index) => sample.includes(index));
}

function checkPhrasings(question: Question, paraphrases: number): void {
  if (question.paraphrases.length < paraphrases) {
    throw new UserError(
      `question "${question.id}" has ${question.paraphrases.length} paraphrases, ${paraphrases} are asked for`,
      {
        hint: `write the missing ones into the gold set, or ask fewer with --paraphrases ${question.paraphrases.length}`,
      },
    );
  }
  // As calls are keyed: two texts that differ only in their Unicode form are one.
  const texts = Array.from({ length: paraphrases + 1 }, (_, phrasing) =>
    phrasingText(question, phrasing).normalize('NFC'),
  );
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  if (repeated !== undefined) {
    throw new UserError(`question "${question.id}" has the phrasing "${repeated}" twice`, {
      hint: 'write another paraphrase: equal ones measure nothing new',
    });
  }
}
