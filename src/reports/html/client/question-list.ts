import type { Embedded } from '../embedded.ts';
import { nowhere, type Address } from './address.ts';
import { createChooser } from './choose.ts';
import { byId, element } from './elements.ts';
import { questionRow } from './question-row.ts';
import { firstCell, questionView, type ChosenCell } from './question-view.ts';

const perPage = 50;

export interface QuestionList {
  show(address: Address): void;
}

/** What the list shows, and where it tells what was opened. */
interface State {
  readonly content: Embedded;
  readonly list: HTMLElement;
  readonly choose: (address: Address) => readonly number[];
  readonly tellAddress: (address: Address) => void;
  current: Address;
  /** Places of the rows that are there. */
  shown: string;
}

/** The list below the filters. `tellAddress` is called with the address of what was opened, chosen or paged to. */
export function createQuestionList(content: Embedded, tellAddress: (address: Address) => void): QuestionList {
  const list = byId('question-list', HTMLElement);
  const state: State = {
    content,
    list,
    choose: createChooser(content),
    tellAddress,
    current: nowhere,
    shown: '',
  };
  // A toggle does not bubble.
  list.addEventListener('toggle', ({ target }) => toggled(state, target), true);
  byId('page-before', HTMLButtonElement).addEventListener('click', () => turn(state, -1));
  byId('page-after', HTMLButtonElement).addEventListener('click', () => turn(state, 1));
  return { show: (address) => show(state, address) };
}

function go(state: State, address: Address): void {
  state.current = address;
  state.tellAddress(address);
}

/** Fills a row with its question, at a call of it. */
function open(state: State, details: HTMLDetailsElement, cell?: ChosenCell): void {
  const { content } = state;
  const place = Number(details.dataset['place']);
  const chosen = cell ?? firstCell(content, place);
  const choose = (next: ChosenCell): void => {
    go(state, {
      ...state.current,
      question: content.questions[place]?.id,
      phrasing: next.phrasing,
      seed: content.seeds[next.seed],
    });
    open(state, details, next);
    details.querySelector<HTMLElement>(`[data-cell="${next.phrasing}.${next.seed}"]`)?.focus();
  };
  details.querySelector('.opened')?.remove();
  details.append(questionView({ content, place, chosen, choose }));
}

function toggled(state: State, target: EventTarget | null): void {
  if (!(target instanceof HTMLDetailsElement) || target.dataset['place'] === undefined) return;
  const { id } = state.content.questions[Number(target.dataset['place'])] ?? {};
  if (!target.open) {
    if (state.current.question === id) go(state, withoutQuestion(state.current));
  } else if (target.querySelector('.opened') === null) {
    open(state, target);
    go(state, { ...state.current, question: id, phrasing: undefined, seed: undefined });
  }
}

function show(state: State, address: Address): void {
  const { content, list } = state;
  const found = state.choose(address);
  const asked = found.findIndex((place) => content.questions[place]?.id === address.question);
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const page = Math.min(pages, asked === -1 ? address.page : Math.floor(asked / perPage) + 1);
  state.current = { ...address, page };
  const places = found.slice((page - 1) * perPage, page * perPage);
  if (state.shown !== places.join())
    list.replaceChildren(...places.map((place) => questionRow(content, place)));
  state.shown = places.join();
  tell({ found: found.length, of: content.questions.length, page, pages });
  if (asked !== -1) openAsked(state, list.children[asked % perPage], address);
}

function turn(state: State, pages: number): void {
  const { current } = state;
  go(state, { ...withoutQuestion(current), page: current.page + pages });
  show(state, state.current);
}

function withoutQuestion(address: Address): Address {
  return { ...address, question: undefined, phrasing: undefined, seed: undefined };
}

function openAsked(state: State, row: Element | undefined, address: Address): void {
  const { content } = state;
  if (!(row instanceof HTMLDetailsElement)) return;
  const seed = content.seeds.indexOf(address.seed ?? Number.NaN);
  const isCell = address.phrasing !== undefined && address.phrasing < content.phrasings && seed !== -1;
  const wasOpen = row.open;
  if (isCell || !wasOpen) open(state, row, isCell ? { phrasing: address.phrasing, seed } : undefined);
  row.open = true;
  if (!wasOpen) row.scrollIntoView({ block: 'start' });
}

function tell({ found, of, page, pages }: Readonly<Record<'found' | 'of' | 'page' | 'pages', number>>): void {
  byId('found', HTMLElement).replaceChildren(
    found === of ? `${of} questions` : `${found} of ${of} questions`,
    ...(found === 0 ? [element('span', {}, ': no question fits, clear the filters')] : []),
  );
  byId('pages', HTMLElement).hidden = pages === 1;
  byId('page-now', HTMLElement).replaceChildren(`page ${page} of ${pages}`);
  byId('page-before', HTMLButtonElement).disabled = page === 1;
  byId('page-after', HTMLButtonElement).disabled = page === pages;
}
