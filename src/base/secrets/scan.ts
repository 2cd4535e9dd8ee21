import { comparable, likeness, type SecretForm } from './forms.ts';
import { UnitReader } from './unit-reader.ts';

export type Span = readonly [start: number, end: number];

/** A form is looked for by its first units: every one has as many. */
export const windowSize = 4;
/** So often, a character, forms are compared with the text before it is given up to know where in it they are. */
const mostComparisons = 64;

interface Tables {
  readonly likenesses: Uint8Array;
  /** Units that stand for themselves; a surrogate is one of two. */
  readonly isPlain: Uint8Array;
}

/** Made when there is a secret to look for: most commands have none. */
let known: Tables | undefined;

function tables(): Tables {
  return (known ??= {
    likenesses: Uint8Array.from({ length: 1 << 16 }, (_, unit) => likeness(unit)),
    isPlain: Uint8Array.from({ length: 1 << 16 }, (_, unit) =>
      Number(!'%\\&\n\r'.includes(String.fromCharCode(unit)) && (unit < 0xd800 || unit > 0xdbff)),
    ),
  });
}

/** Finds forms of secrets in texts, in a time that grows as the text does, however many there are. */
export class SecretScanner {
  readonly #forms = new Map<number, SecretForm[]>();
  /** Which windows may begin a form: nearly all of a text is passed over by it. */
  readonly #mayBegin = new Uint8Array(1 << 16);

  constructor(forms: readonly SecretForm[]) {
    for (const form of forms) {
      const window = form.units.slice(0, windowSize).reduce((sum, unit) => (sum << 8) | likeness(unit), 0);
      this.#forms.set(window, [...(this.#forms.get(window) ?? []), form]);
      this.#mayBegin[placeOf(window)] = 1;
    }
  }

  /** Where forms stand, those that touch as one, in order; `undefined` where a text is made to have more beginnings of secrets than can be looked at. */
  find(text: string): readonly Span[] | undefined {
    const { likenesses, isPlain } = tables();
    const reader = new UnitReader(text);
    const found: Span[] = [];
    let [window, first, second, third, fourth, read] = [0, 0, 0, 0, 0, 0];
    let budget = mostComparisons * text.length + (1 << 20);
    for (let at = 0; at < text.length;) {
      let unit = text.charCodeAt(at);
      let next = at + 1;
      if (isPlain[unit] === 0) {
        reader.read(at);
        ({ unit, next } = reader);
        if (unit < 0) {
          at = next;
          continue;
        }
      }
      window = (window << 8) | (likenesses[unit] ?? 0);
      [first, second, third, fourth] = [second, third, fourth, at];
      read += 1;
      at = next;
      if (this.#mayBegin[placeOf(window)] === 0 || read < windowSize) continue;
      for (const form of this.#forms.get(window) ?? []) {
        const { end, compared } = endOf(form, { text, reader, start: first });
        budget -= compared;
        if (budget < 0) return undefined;
        if (end !== undefined) append(found, withShared(text, [first, end], form));
      }
    }
    return found;
  }
}

function placeOf(window: number): number {
  return Math.imul(window, 0x9e3779b1) >>> 16;
}

interface Place {
  readonly text: string;
  readonly reader: UnitReader;
  readonly start: number;
}

interface Compared {
  /** Absent where the form does not stand there. */
  readonly end?: number;
  /** Units that were looked at. */
  readonly compared: number;
}

function endOf({ kind, units }: SecretForm, { text, reader, start }: Place): Compared {
  const toCompare = comparable[kind];
  let at = start;
  let compared = 0;
  while (compared < units.length) {
    if (at >= text.length) return { compared };
    reader.read(at);
    at = reader.next;
    if (reader.unit < 0) continue;
    if (toCompare(reader.unit) !== units[compared]) return { compared: compared + 1 };
    compared += 1;
  }
  return { end: at, compared };
}

function withShared(text: string, [start, end]: Span, form: SecretForm): Span {
  const isShared = (at: number): boolean => /^[A-Za-z0-9+/_-]$/u.test(text.charAt(at));
  const from = form.sharedBefore && isShared(start - 1) ? start - 1 : start;
  if (!form.sharedAfter) return [from, end];
  const to = isShared(end) ? end + 1 : end;
  const padding = /^(?:=|%3[Dd]){0,2}/u.exec(text.slice(to, to + 6))?.[0] ?? '';
  return [from, to + padding.length];
}

function append(found: Span[], [start, end]: Span): void {
  let [from, to] = [start, end];
  for (let last = found.at(-1); last !== undefined && last[1] >= from; last = found.at(-1)) {
    [from, to] = [Math.min(from, last[0]), Math.max(to, last[1])];
    found.pop();
  }
  found.push([from, to]);
}
