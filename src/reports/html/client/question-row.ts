import type { Embedded } from '../embedded.ts';
import { element, foreign } from './elements.ts';
import { wholePercent } from './shares.ts';

/** Names of a question's measures, and which way is better. */
const measures = [
  { name: 'coverage', better: 1, format: ratio },
  { name: 'ΔS', better: -1, format: ratio },
  { name: 'convergent', better: 1, format: percent },
  { name: 'flip rate', better: -1, format: ratio },
  { name: 'latency', better: 0, format: seconds },
  { name: 'faults', better: -1, format: percent },
] as const;

export const missing = '–';

function ratio(value: number | null): string {
  return value === null ? missing : value.toFixed(2);
}

function percent(value: number | null): string {
  return value === null ? missing : wholePercent(value);
}

export function seconds(value: number | null): string {
  if (value === null) return missing;
  return value < 10 ? `${Math.round(1000 * value)} ms` : `${value.toFixed(1)} s`;
}

/** A question as a closed row: what it is and how it fared. */
export function questionRow(
  { questions, texts, arms, comparable }: Embedded,
  place: number,
): HTMLDetailsElement {
  const question = questions[place];
  const rows = question?.measures ?? [];
  const told = measures.map(({ name, better, format }, index) => {
    const values = rows.map((row) => row[index] ?? null);
    const [before = null, after = before] = values;
    const change = before === null || after === null ? 0 : (after - before) * better;
    const kind =
      arms.length < 2 || !comparable || Math.abs(change) < 0.005 ? '' : change > 0 ? 'better' : 'worse';
    const text = `${name} ${values.map(format).join(comparable ? ' → ' : ' and ')}${kind === '' ? '' : ` ${kind}`}`;
    return element('span', kind === '' ? {} : { class: kind }, text);
  });
  const line = element('span', { class: 'measures' });
  told.forEach((part, index) => line.append(...(index === 0 ? [part] : [' · ', part])));
  const summary = element(
    'summary',
    {},
    element('strong', {}, foreign(question?.id ?? '')),
    ' ',
    foreign(texts[question?.asked ?? -1] ?? ''),
    line,
  );
  return element('details', { class: 'question', 'data-place': String(place) }, summary);
}
