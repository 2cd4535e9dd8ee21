import type { Embedded, EmbeddedDetail } from '../embedded.ts';
import { callSide } from './call-side.ts';
import { element, foreign } from './elements.ts';

/** Phrasing and seed, by their places. */
export interface ChosenCell {
  readonly phrasing: number;
  readonly seed: number;
}

export interface QuestionViewOptions {
  readonly content: Embedded;
  readonly place: number;
  readonly chosen: ChosenCell;
  readonly choose: (cell: ChosenCell) => void;
}

const symbols: Readonly<Record<string, string>> = { c: '→', s: '<>', x: '×', b: '←', '-': '·' };
const stateNames: Readonly<Record<string, string>> = {
  c: 'convergent',
  s: 'split',
  x: 'collapsed',
  b: 'backward',
  '-': 'no state',
};

/** An open question: every phrasing and seed to choose from, and the chosen call on both sides. */
export function questionView(options: QuestionViewOptions): HTMLElement {
  const { content, place } = options;
  const detail = content.details[place];
  if (detail === undefined)
    return element(
      'div',
      { class: 'opened' },
      element('p', {}, 'The calls of this question were left to the CSV.'),
    );
  const offset = options.chosen.phrasing * content.seeds.length + options.chosen.seed;
  return element(
    'div',
    { class: 'opened' },
    content.questions[place]?.tags.length
      ? element('p', { class: 'muted' }, `tags: ${content.questions[place].tags.join(', ')}`)
      : undefined,
    phrasingTable(options, detail),
    element(
      'div',
      { class: 'sides' },
      ...content.arms.map((_, arm) =>
        callSide({ content, detail, arm, offset, state: stateOf(options, arm, offset) }),
      ),
    ),
  );
}

function phrasingTable(options: QuestionViewOptions, { phrasings }: EmbeddedDetail): HTMLElement {
  const { content } = options;
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'asked'),
    ...content.seeds.map((seed) => element('th', { scope: 'col' }, `seed ${seed}`)),
  );
  const rows = Array.from({ length: content.phrasings }, (_, phrasing) => {
    const asked = content.texts[phrasings[phrasing] ?? -1] ?? `phrasing ${phrasing}`;
    const cells = content.seeds.map((_seed, seed) =>
      element('td', {}, cellButton(options, { phrasing, seed })),
    );
    return element('tr', {}, element('td', {}, `${phrasing}. `, foreign(asked)), ...cells);
  });
  const table = element(
    'table',
    { class: 'phrasings' },
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  );
  return element(
    'div',
    {
      class: 'scroll',
      tabindex: '0',
      role: 'region',
      'aria-label': `Calls of ${content.questions[options.place]?.id ?? ''}`,
    },
    table,
  );
}

function cellButton(options: QuestionViewOptions, cell: ChosenCell): HTMLElement {
  const { content, chosen, choose } = options;
  const letters = content.arms.map((_, arm) =>
    stateOf(options, arm, cell.phrasing * content.seeds.length + cell.seed),
  );
  const isChosen = chosen.phrasing === cell.phrasing && chosen.seed === cell.seed;
  const told = content.arms
    .map((arm, index) => `${arm} ${stateNames[letters[index] ?? '-'] ?? ''}`)
    .join(', ');
  const label = `phrasing ${cell.phrasing}, seed ${content.seeds[cell.seed] ?? ''}: ${told}`;
  const button = element(
    'button',
    {
      type: 'button',
      'aria-pressed': String(isChosen),
      'aria-label': label,
      'data-cell': `${cell.phrasing}.${cell.seed}`,
    },
    letters.map((letter) => symbols[letter] ?? '·').join('  '),
  );
  button.addEventListener('click', () => choose(cell));
  return button;
}

function stateOf({ content, place }: QuestionViewOptions, arm: number, offset: number): string {
  return (content.questions[place]?.states[arm]?.[offset] ?? '-').toLowerCase();
}

/** The call that differs most in state between the arms; else the first that is not convergent. */
export function firstCell({ questions, seeds }: Embedded, place: number): ChosenCell {
  const [before = '', after = before] = (questions[place]?.states ?? []).map((row) => row.toLowerCase());
  const differing = [...after].findIndex((letter, offset) => letter !== before[offset] && letter !== 'c');
  const unstable = [...after].findIndex((letter) => letter !== 'c' && letter !== '-');
  const offset = Math.max(0, differing === -1 ? unstable : differing);
  return { phrasing: Math.floor(offset / seeds.length), seed: offset % seeds.length };
}
