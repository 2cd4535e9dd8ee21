import type { Embedded } from '../embedded.ts';
import { hashOf, nowhere, parseAddress, type Address } from './address.ts';
import { tellAges } from './ages.ts';
import { byId } from './elements.ts';
import { createQuestionList } from './question-list.ts';

tellAges(() => Date.now());
const content = document.getElementById('content');
if (content !== null) start(JSON.parse(content.textContent) as Embedded); // the page was written with it

function start(embedded: Embedded): void {
  const form = byId('filters', HTMLFormElement);
  const list = createQuestionList(embedded, (address) => history.pushState(undefined, '', hashOf(address)));
  const show = (): void => {
    const address = parseAddress(location.hash) ?? nowhere;
    fill(form, address);
    list.show(address);
    // A question is scrolled to when it is opened.
    if (location.hash.startsWith('#?') && address.question === undefined)
      byId('questions', HTMLElement).scrollIntoView();
  };
  const filter = (): void => {
    history.replaceState(undefined, '', hashOf(readForm(form)));
    list.show(readForm(form));
  };
  form.hidden = false;
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(filter));
  addEventListener('hashchange', () => {
    if (location.hash.startsWith('#?')) show();
  });
  addEventListener('popstate', () => {
    if (location.hash.startsWith('#?') || location.hash === '') show();
  });
  show();
}

function readForm(form: HTMLFormElement): Address {
  const fields = new FormData(form);
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    ...nowhere,
    search: text('search'),
    tag: text('tag'),
    state: text('state'),
    worse: fields.has('worse'),
    flips: fields.has('flips'),
    faults: fields.has('faults'),
  };
}

function fill(form: HTMLFormElement, address: Address): void {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === 'checkbox')
      field.checked = address[field.name as 'worse' | 'flips' | 'faults'];
    else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement)
      field.value = address[field.name as 'search' | 'tag' | 'state'];
  }
}
