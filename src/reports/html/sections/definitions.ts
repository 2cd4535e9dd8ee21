import { definitions } from '../definitions.ts';
import { html, type Markup } from '../markup.ts';

/** How each number is defined. */
export function definitionsSection(): Markup {
  return html`<section id="definitions" aria-labelledby="definitions-title">
    <h2 id="definitions-title">How the numbers are defined</h2>
    <dl class="definitions">
      ${Object.entries(definitions).map(
        ([name, { term, text }]) =>
          html`<dt id="definition-${name}" tabindex="-1">${term}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
  </section>`;
}
