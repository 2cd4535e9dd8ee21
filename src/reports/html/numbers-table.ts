import { html, type Markup } from './markup.ts';

export interface NumbersTable {
  readonly label: string;
  readonly headings: readonly string[];
  readonly rows: readonly Markup[];
  /** A class of its own, beside that of all such tables. */
  readonly kind?: string;
}

/** A table that scrolls by itself where it is wider than the page; the keyboard reaches it. */
export function numbersTable({ label, headings, rows, kind }: NumbersTable): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="numbers${kind !== undefined && ` ${kind}`}">
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
