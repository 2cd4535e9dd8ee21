import type { Redact } from '../../base/redact.ts';

/** Characters: far more than is shown, and more than any secret has. */
const kept = 1 << 16;
const shownLines = 3;
const shownCharacters = 2000;

/** The end of what a program writes to stderr, in whole lines: a secret that is cut is not found any more. */
export class ErrorTail {
  #text = '';
  /** Inside a line whose start was dropped. */
  #isPassing = false;

  push(chunk: string): void {
    this.#text += this.#isPassing ? afterLine(chunk) : chunk;
    if (this.#isPassing) this.#isPassing = !chunk.includes('\n');
    if (this.#text.length <= kept) return;
    const end = this.#text.slice(-kept);
    this.#isPassing = !end.includes('\n');
    this.#text = afterLine(end);
  }

  /** The last lines on one; secrets are taken out first, since some have lines themselves. */
  words(redact: Redact): string {
    const lines = redact(this.#text)
      .trim()
      .split(/\s*\n\s*/u);
    return lines.slice(-shownLines).join(' | ').slice(-shownCharacters);
  }
}

function afterLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? '' : text.slice(end + 1);
}
