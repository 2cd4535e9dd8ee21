const [percent, ampersand, backslash, lineFeed, carriageReturn] = [0x25, 0x26, 0x5c, 0x0a, 0x0d];
/** Stands for every character beyond the first 65,536: they are told apart by their neighbours. */
const astral = 0xffff;

const escapes: Readonly<Record<string, number>> = { n: lineFeed, r: carriageReturn, t: 9, b: 8, f: 12 };
const entities: Readonly<Record<string, number>> = {
  amp: ampersand,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
};

/**
 * Reads a text one character at a time as whoever decodes it sees it: `%74`, `\u0074`, `&#116;` and `t` are the same, also encoded twice; line breaks and
 * what indents the next line are passed over. What is read of a secret is read of the text with it in the same way.
 */
export class UnitReader {
  readonly #text: string;
  /** Of what begins an encoded character, what stands for itself. */
  readonly #literal: string;
  /** The character that was read: a UTF-16 unit, or −1 for none. */
  unit = -1;
  /** Where the next one begins. */
  next = 0;

  constructor(text: string, literal = '') {
    this.#text = text;
    this.#literal = literal;
  }

  read(at: number): void {
    this.#decode(at);
    if (this.unit === backslash && !this.#literal.includes('\\')) this.#escape(this.next);
  }

  /** Reads what is no escape of JSON, a backslash of one too. */
  #decode(at: number): void {
    const code = this.#text.charCodeAt(at);
    if (this.#literal.includes(this.#text.charAt(at))) this.#take(code, at + 1);
    else if (code === percent) this.#percent(at);
    else if (code === ampersand) this.#entity(at);
    else if (code === lineFeed || code === carriageReturn) this.#breakLine(at + 1);
    else if (code >= 0xd800 && code < 0xdc00) this.#take(astral, at + 2);
    else this.#take(code, at + 1);
  }

  #take(unit: number, next: number): void {
    this.unit = unit;
    this.next = next;
  }

  #breakLine(from: number): void {
    let next = from;
    for (
      let code = this.#text.charCodeAt(next);
      code === 0x20 || code === 9;
      code = this.#text.charCodeAt(next)
    )
      next += 1;
    this.#take(-1, next);
  }

  /** A decoded line break is one too. */
  #decoded(unit: number, next: number): void {
    if (unit === lineFeed || unit === carriageReturn) this.#breakLine(next);
    else this.#take(unit, next);
  }

  #percent(at: number): void {
    const [lead, next] = this.#byte(at);
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    if (lead < 0) return this.#take(percent, at + 1);
    if (more === 0) return this.#decoded(lead, next);
    let [point, end] = [lead & (0x3f >> more), next];
    for (let index = 0; index < more; index += 1) {
      const [byte, after] = this.#byte(end);
      if ((byte & 0xc0) !== 0x80) return this.#take(lead, next);
      [point, end] = [(point << 6) | (byte & 0x3f), after];
    }
    this.#take(point > astral ? astral : point, end);
  }

  /** The byte that `%74`, `%2574` and so on stand for, and its end; −1 for none. */
  #byte(at: number): readonly [byte: number, next: number] {
    if (this.#text.charCodeAt(at) !== percent) return [-1, at];
    let from = at + 1;
    while (this.#text.startsWith('25', from) && this.#hex(from + 2, 2) >= 0) from += 2;
    const byte = this.#hex(from, 2);
    return [byte, byte < 0 ? at : from + 2];
  }

  #hex(at: number, digits: number): number {
    let value = 0;
    for (let index = at; index < at + digits; index += 1) {
      const digit = hexDigit(this.#text.charCodeAt(index));
      if (digit < 0) return -1;
      value = 16 * value + digit;
    }
    return value;
  }

  /** What follows a backslash, which can be encoded itself; of JSON within JSON a character has several. */
  #escape(from: number): void {
    let next = from;
    for (this.#decode(next); this.unit === backslash; this.#decode(next)) next = this.next;
    const { unit, next: after } = this;
    if (unit === 0x75) {
      const escaped = this.#hex(after, 4);
      if (escaped >= 0xd800 && escaped < 0xdc00) return this.#take(astral, this.#pastLowHalf(after + 4));
      if (escaped >= 0) return this.#decoded(escaped, after + 4);
    }
    if (unit === 0x22 || unit === 0x2f) return;
    const control = escapes[String.fromCharCode(unit)];
    if (control === undefined || next >= this.#text.length) return this.#take(backslash, next);
    this.#decoded(control, after);
  }

  /** Of a character beyond the first 65,536 that is written as two. */
  #pastLowHalf(at: number): number {
    let next = at;
    while (this.#text.charCodeAt(next) === backslash) next += 1;
    const low = next > at && this.#text.charAt(next) === 'u' ? this.#hex(next + 1, 4) : -1;
    return low >= 0xdc00 && low < 0xe000 ? next + 5 : at;
  }

  #entity(at: number): void {
    let from = at + 1;
    while (this.#text.startsWith('amp;', from)) from += 4;
    const end = this.#text.indexOf(';', from);
    const name = end === -1 || end > from + 8 ? '' : this.#text.slice(from, end);
    const unit = /^#\d+$/u.test(name)
      ? Number(name.slice(1))
      : /^#x[\da-f]+$/iu.test(name)
        ? Number.parseInt(name.slice(2), 16)
        : (entities[name] ?? -1);
    if (unit < 0) return this.#take(ampersand, from);
    this.#decoded(unit > astral ? astral : unit, end + 1);
  }
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** What begins an encoded character. */
export const encoders = '%\\&';

/** A text as a reader sees it to whom these of the `encoders` are characters like others. */
export function unitsOf(text: string, literal = ''): readonly number[] {
  const reader = new UnitReader(text, literal);
  const units: number[] = [];
  for (let at = 0; at < text.length; at = reader.next) {
    reader.read(at);
    if (reader.unit >= 0) units.push(reader.unit);
  }
  return units;
}
