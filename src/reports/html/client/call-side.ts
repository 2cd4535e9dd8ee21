import type { Embedded, EmbeddedCall, EmbeddedDetail } from '../embedded.ts';
import { answerParts } from './answer-parts.ts';
import { element, foreign } from './elements.ts';
import { missing, seconds } from './question-row.ts';

export interface CallSideOptions {
  readonly content: Embedded;
  readonly detail: EmbeddedDetail;
  readonly arm: number;
  readonly offset: number;
  /** A letter of `EmbeddedQuestion.states`. */
  readonly state: string;
}

const stateNames: Readonly<Record<string, string>> = {
  c: '→ convergent',
  s: '<> split',
  x: '× collapsed',
  b: '← backward',
};
const clocks = ['total', 'retrieve', 'rerank', 'reason'] as const;

/** One arm's call: how it went, what it answered with what is different on the other arm, and what it retrieved. */
export function callSide(options: CallSideOptions): HTMLElement {
  const { content, detail, arm, offset, state } = options;
  const kind = arm === content.arms.length - 1 ? 'candidate' : 'baseline';
  const heading = element('h3', {}, element('span', { class: `key ${kind}` }, content.arms[arm] ?? ''));
  const call = detail.calls[arm]?.[offset] ?? null;
  if (call === null)
    return element('section', { class: 'side' }, heading, element('p', {}, 'This call was not asked.'));
  const [total = null, ...rest] = call.numbers;
  const [coverage = null, distance = null] = rest.slice(clocks.length - 1);
  const facts = [
    `${call.outcome}${call.status === undefined ? '' : ` ${call.status}`}`,
    stateNames[state] ?? 'no λ state',
    `coverage ${coverage === null ? missing : coverage.toFixed(2)}`,
    `ΔS ${distance === null ? missing : distance.toFixed(2)}`,
  ];
  const stages = [total, ...rest.slice(0, clocks.length - 1)].flatMap((value, index) =>
    value === null ? [] : [`${clocks[index] ?? ''} ${seconds(value)}`],
  );
  return element(
    'section',
    { class: 'side' },
    heading,
    element('p', {}, facts.join(' · ')),
    element('p', { class: 'muted' }, stages.length === 0 ? 'no latency' : stages.join(' · ')),
    ...(content.withTexts ? [...answer(options, call), ...anchors(options, call)] : []),
    ...retrieved(content, call),
    trace(call.trace),
  );
}

function answer(
  { content, detail, arm, offset }: CallSideOptions,
  call: EmbeddedCall,
): readonly HTMLElement[] {
  const own = content.texts[call.answer ?? call.message ?? -1];
  const heading = element('h4', {}, call.outcome === 'ok' ? 'answer' : 'fault');
  if (own === undefined) return [heading, element('p', {}, 'none')];
  const otherCall = detail.calls[1 - arm]?.[offset];
  const other = content.texts[otherCall?.answer ?? -1];
  const isComparable =
    content.comparable && content.arms.length === 2 && other !== undefined && call.answer !== undefined;
  const parts = isComparable ? answerParts({ own, other, isCandidate: arm === 1 }) : [own];
  return [heading, textBox('answer', parts)];
}

function anchors({ content, detail }: CallSideOptions, call: EmbeddedCall): readonly HTMLElement[] {
  const covered = content.retrievals[call.retrieval ?? -1]?.covered;
  if (covered === undefined || detail.anchors.length === 0) return [];
  const boxes = detail.anchors.flatMap(([section, text], index) => [
    element('p', { class: 'muted' }, 'section ', foreign(content.texts[section] ?? '')),
    textBox('anchor', highlighted(content.texts[text] ?? '', covered[index] ?? [])),
  ]);
  return [element('h4', {}, 'anchor, with what was retrieved of it marked'), ...boxes];
}

function retrieved({ retrievals, texts }: Embedded, call: EmbeddedCall): readonly HTMLElement[] {
  if (call.outcome !== 'ok') return [];
  const { snippets = [], more = 0 } = retrievals[call.retrieval ?? -1] ?? {};
  const heading = element(
    'h4',
    {},
    snippets.length === 0 ? 'nothing was retrieved' : `retrieved: ${snippets.length + more}`,
  );
  const rows = snippets.map(([section, text, marks], index) => {
    const words = texts[text];
    const name = element(
      'span',
      {},
      `${index + 1}. `,
      foreign(texts[section] || 'without a name'),
      marks.length > 0 ? ' (has anchor text)' : undefined,
    );
    if (words === undefined) return element('p', {}, name);
    return element(
      'details',
      {},
      element('summary', {}, name),
      textBox('retrieved text', highlighted(words, marks)),
    );
  });
  const rest = more === 0 ? [] : [element('p', { class: 'muted' }, `and ${more} more, in calls.jsonl`)];
  return [heading, ...rows, ...rest];
}

function textBox(name: string, parts: readonly (Node | string)[]): HTMLElement {
  return element(
    'div',
    { class: 'text', tabindex: '0', role: 'group', 'aria-label': name },
    element('bdi', {}, ...parts),
  );
}

/** Pieces of a text marked: start, end, start, end, … */
function highlighted(text: string, marks: readonly number[]): readonly (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (let index = 0; index + 1 < marks.length; index += 2) {
    const [start = 0, end = 0] = [marks[index], marks[index + 1]];
    parts.push(text.slice(from, start), element('mark', {}, text.slice(start, end)));
    from = end;
  }
  return [...parts, text.slice(from)];
}

function trace(id: string): HTMLElement {
  const code = element('code', {}, id);
  const button = element('button', { type: 'button' }, 'copy');
  button.setAttribute('aria-label', 'copy the trace id');
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(id).then(
      () => button.replaceChildren('copied'),
      () => getSelection()?.selectAllChildren(code), // no clipboard here: the id is selected instead
    );
  });
  return element('p', {}, 'trace id ', code, ' ', button);
}
