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

/** The list below the filters. `tellAddress` is called with the address of what was opened, chosen or paged to. */
export function createQuestionList(content: Embedded, tellAddress: (address: Address) => void): QuestionList {
  const choose = createChooser(content);
  const list = byId('question-list', HTMLElement);
  let current: Address = nowhere;
  const go = (address: Address): void => {
    current = address;
    tellAddress(address);
  };
  let shown = '';
  const open = (details: HTMLDetailsElement, cell?: ChosenCell): void => {
    const place = Number(details.dataset['place']);
    const chosen = cell ?? firstCell(content, place);
    const pick = (next: ChosenCell): void => {
      go({ ...current, question: content.questions[place]?.id, phrasing: next.phrasing, seed: content.seeds[next.seed] });
      open(details, next);
      details.querySelector<HTMLElement>(`[data-cell="${next.phrasing}.${next.seed}"]`)?.focus();
    };
    details.querySelector('.opened')?.remove();
    details.append(questionView({ content, place, chosen, choose: pick }));
  };
  list.addEventListener(
    'toggle',
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement) || target.dataset['place'] === undefined) return;
      const { id } = content.questions[Number(target.dataset['place'])] ?? {};
      if (!target.open) {
        if (current.question === id) go(withoutQuestion(current));
      } else if (target.querySelector('.opened') === null) {
        open(target);
        go({ ...current, question: id, phrasing: undefined, seed: undefined });
      }
    },
    true,
  );
  const show = (address: Address): void => {
    const found = choose(address);
    const asked = found.findIndex((place) => content.questions[place]?.id === address.question);
    const pages = Math.max(1, Math.ceil(found.length / perPage));
    const page = Math.min(pages, asked === -1 ? address.page : Math.floor(asked / perPage) + 1);
    current = { ...address, page };
    const places = found.slice((page - 1) * perPage, page * perPage);
    if (shown !== places.join()) list.replaceChildren(...places.map((place) => questionRow(content, place)));
    shown = places.join();
    tell({ found: found.length, of: content.questions.length, page, pages });
    if (asked !== -1) openAsked(list.children[asked % perPage], { address, content, open });
  };
  const turn = (pages: number): void => {
    go({ ...withoutQuestion(current), page: current.page + pages });
    show(current);
  };
  byId('page-before', HTMLButtonElement).addEventListener('click', () => turn(-1));
  byId('page-after', HTMLButtonElement).addEventListener('click', () => turn(1));
  return { show };
}

function withoutQuestion(address: Address): Address {
  return { ...address, question: undefined, phrasing: undefined, seed: undefined };
}

interface Asked {
  readonly address: Address;
  readonly content: Embedded;
  readonly open: (details: HTMLDetailsElement, cell?: ChosenCell) => void;
}

function openAsked(row: Element | undefined, { address, content, open }: Asked): void {
  if (!(row instanceof HTMLDetailsElement)) return;
  const seed = content.seeds.indexOf(address.seed ?? Number.NaN);
  const isCell = address.phrasing !== undefined && address.phrasing < content.phrasings && seed !== -1;
  const wasOpen = row.open;
  if (isCell || !wasOpen) open(row, isCell ? { phrasing: address.phrasing, seed } : undefined);
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
